"""Rental cars: what is asked, how it is seen and how it is shown."""

from typing import Final

from api.cars import answers, present, views, wishes
from api.vertical import Vertical
from domain.cars import Rental

VERTICAL: Final = Vertical(
    name="cars",
    product=Rental,
    search=wishes.CarSearch,
    new=wishes.NewCarSearch,
    wishes=wishes.CarWishes,
    answer=answers.CarSearchAnswer,
    details=answers.RentalOfferDetails,
    faults=wishes.faults,
    query=wishes.query,
    over_at=wishes.over_at,
    view=wishes.view,
    lens=views.LENS,
    facets=present.facets,
    shown=present.result,
    detailed=present.details,
    example={"pick_up": "LHR", "pick_up_at": "{soon}T10:00", "drop_off_at": "{later}T10:00"},
)
