"""What a hotel has from its country: the language of its name, the money, the form of postal codes, the dialling code."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final

import msgspec


class Country(msgspec.Struct, frozen=True, kw_only=True):
    """`postal_form` has # for a digit and @ for a letter, None where there are no postal codes.

    `level` is what a night costs, in per cent of the same in the middle of Europe.
    """

    code: str
    tongue: str
    currency: str
    postal_form: str | None
    dialling: str
    level: int


# country, tongue, currency, postal form (_ for a blank, - for none), dialling code, level of prices
_COUNTRIES: Final = """
GB en GBP @@#_#@@ 44 128    IE en EUR @##_@#@# 353 132   US us USD ##### 1 135       CA us CAD @#@_#@# 1 118
AU en AUD #### 61 118       NZ en NZD #### 64 104        ZA en ZAR #### 27 62        IN hi INR ###### 91 46
PK hi PKR ##### 92 42       BD hi BDT #### 880 46        LK hi LKR ##### 94 52       NP hi NPR ##### 977 40
BT hi BTN ##### 975 80      MV en MVR ##### 960 210      FR fr EUR ##### 33 120      BE nl EUR #### 32 104
NL nl EUR ####_@@ 31 128    LU fr EUR #### 352 118       CH de CHF #### 41 172       AT de EUR #### 43 108
DE de EUR ##### 49 100      LI de CHF #### 423 150       ES es EUR ##### 34 98       PT pt EUR ####-### 351 92
IT it EUR ##### 39 112      MT en EUR ####_#### 356 92   GR el EUR ###_## 30 96      CY el EUR #### 357 88
DK da DKK #### 45 132       SE sv SEK ###_## 46 112      NO no NOK #### 47 134       IS no ISK ### 354 158
FI fi EUR ##### 358 106     FO da DKK ### 298 130        GL da DKK #### 299 160      EE fi EUR ##### 372 76
LV fi EUR LV-#### 371 72    LT pl EUR LT-##### 370 72    PL pl PLN ##-### 48 68      CZ cs CZK ###_## 420 76
SK cs EUR ###_## 421 70     HU hu HUF #### 36 70         RO ro RON ###### 40 64      MD ro MDL MD-#### 373 54
BG hr EUR #### 359 58       HR hr EUR ##### 385 92       SI hr EUR #### 386 86       RS hr RSD ##### 381 62
BA hr BAM ##### 387 54      ME hr EUR ##### 382 76       MK hr MKD #### 389 50       AL it ALL #### 355 54
XK hr EUR ##### 383 50      UA ru UAH ##### 380 48       BY ru BYN ###### 375 50     RU ru RUB ###### 7 62
GE ru GEL #### 995 54       AM ru AMD #### 374 54        AZ tr AZN AZ_#### 994 62    KZ ru KZT ###### 7 62
UZ ru UZS ###### 998 52     KG ru KGS ###### 996 44      TJ ru TJS ###### 992 52     TM ru TMT ###### 993 64
TR tr TRY ##### 90 66       IL he ILS ####### 972 148    JO ar JOD ##### 962 78      LB ar LBP ####_#### 961 86
IQ ar IQD ##### 964 80      IR ar IRR ########## 98 60   KW ar KWD ##### 965 112     BH ar BHD ### 973 96
QA ar QAR - 974 104         AE ar AED - 971 114          OM ar OMR ### 968 92        SA ar SAR ##### 966 102
YE ar YER - 967 58          SY ar USD - 963 56           EG ar EGP ##### 20 58       MA fr MAD ##### 212 76
TN fr TND #### 216 58       DZ fr DZD ##### 213 66       LY ar LYD ##### 218 74      SD ar SDG ##### 249 70
ET sw ETB #### 251 74       KE sw KES ##### 254 78       TZ sw TZS ##### 255 84      UG sw UGX - 256 68
RW sw RWF - 250 82          NG en NGN ###### 234 88      GH en GHS @@-###-#### 233 90 SN fr XOF ##### 221 92
CI fr XOF - 225 92          ML fr XOF - 223 74           BF fr XOF - 226 68          NE fr XOF #### 227 76
TG fr XOF - 228 70          BJ fr XOF - 229 70           CM fr XAF - 237 82          GA fr XAF - 241 104
CG fr XAF - 242 108         TD fr XAF - 235 108          CF fr XAF - 236 94          GQ es XAF - 240 110
CD fr USD - 243 112         NA en NAD ##### 264 66       BW en BWP - 267 78          ZM en ZMW ##### 260 76
ZW en USD - 263 86          MZ pt MZN #### 258 84        AO pt AOA - 244 118         MG fr MGA ### 261 54
MU fr MUR ##### 230 124     SC en SCR - 248 192          RE fr EUR ##### 262 104     CV pt CVE #### 238 74
MX es MXN ##### 52 76       GT es GTQ ##### 502 68       HN es HNL ##### 504 66      NI es NIO ##### 505 58
CR es CRC ##### 506 92      PA es PAB #### 507 84        SV es USD CP_#### 503 68    BZ en BZD - 501 96
CU es CUP ##### 53 76       DO es DOP ##### 1809 90      PR es USD ##### 1787 138    HT fr HTG HT#### 509 92
JM en JMD - 1876 112        BS en BSD - 1242 176         BB en BBD BB##### 1246 160  TT en TTD ###### 1868 100
GP fr EUR ##### 590 112     MQ fr EUR ##### 596 112      GF fr EUR ##### 594 100     AW nl AWG - 297 158
CW nl EUR - 599 124         SX nl EUR - 1721 148         BM en BMD @@_## 1441 220    KY en KYD KY#-#### 1345 216
CO es COP ###### 57 58      VE es VES #### 58 64         EC es USD ###### 593 62     PE es PEN ##### 51 64
BO es BOB - 591 48          CL es CLP ####### 56 82      AR es ARS @####@@@ 54 74    UY es UYU ##### 598 80
PY es PYG #### 595 56       BR pt BRL #####-### 55 68    GY en GYD - 592 92          SR nl SRD - 597 74
JP ja JPY ###-#### 81 98    CN zh CNY ###### 86 66       HK zh HKD - 852 124         MO zh MOP - 853 116
TW zh TWD ##### 886 84      KR ko KRW ##### 82 90        KP ko USD - 850 90          MN ru MNT ##### 976 66
TH th THB ##### 66 58       VN vi VND ###### 84 48       LA th LAK ##### 856 46      KH th KHR ##### 855 44
MM th MMK ##### 95 52       MY id MYR ##### 60 52        SG en SGD ###### 65 152     ID id IDR ##### 62 46
BN id BND @@#### 673 76     PH es PHP #### 63 60         TL pt USD - 670 82          PG en PGK ### 675 126
FJ en FJD - 679 128         NC fr XPF ##### 687 128      PF fr XPF ##### 689 226     GU us USD ##### 1671 134
"""
_ELSEWHERE: Final = Country(code="", tongue="en", currency="USD", postal_form=None, dialling="", level=90)


@cache
def _countries() -> Mapping[str, Country]:
    words = iter(_COUNTRIES.split())
    rows = zip(words, words, words, words, words, words, strict=True)
    return MappingProxyType(
        {
            code: Country(
                code=code,
                tongue=tongue,
                currency=currency,
                postal_form=None if form == "-" else form.replace("_", " "),
                dialling=dialling,
                level=int(level),
            )
            for code, tongue, currency, form, dialling, level in rows
        }
    )


def country(code: str) -> Country:
    """A small one that is not in the table speaks English, takes dollars and has no postal codes."""
    return _countries().get(code) or msgspec.structs.replace(_ELSEWHERE, code=code)
