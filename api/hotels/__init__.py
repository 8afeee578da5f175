"""Hotels: what is asked, how it is seen and how it is shown."""

from typing import Final

from api.hotels import answers, present, views, wishes
from api.vertical import Vertical
from domain.hotels import Stay

VERTICAL: Final = Vertical(
    name="hotels",
    product=Stay,
    search=wishes.HotelSearch,
    new=wishes.NewHotelSearch,
    wishes=wishes.HotelWishes,
    answer=answers.HotelSearchAnswer,
    details=answers.StayOfferDetails,
    faults=wishes.faults,
    query=wishes.query,
    over_at=wishes.over_at,
    view=wishes.view,
    lens=views.LENS,
    facets=present.facets,
    shown=present.result,
    detailed=present.details,
    example={"destination": "PAR", "check_in": "{soon}", "check_out": "{later}"},
)
