"""What one euro buys: round rates of an ordinary day, fixed, so that a price in any currency can be checked."""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Final

# ISO 4217 code and units for one euro
_RATES: Final = """
EUR 1        USD 1.0842   GBP 0.8531   CHF 0.9512   JPY 163.42   CNY 7.8120   AUD 1.6415   CAD 1.4873   NZD 1.7851
SEK 11.3420  NOK 11.6280  DKK 7.4590   ISK 149.80   PLN 4.3120   CZK 25.1240  HUF 394.50   RON 4.9740
RSD 117.05   BAM 1.9558   MKD 61.520   ALL 98.450   MDL 19.320   UAH 44.850   BYN 3.5420   RUB 98.400   TRY 37.2150
GEL 2.9410   AMD 422.30   AZN 1.8430   KZT 514.20   UZS 13860    KGS 92.410   TJS 11.560   TMT 3.7950   MNT 3690
ILS 4.0120   JOD 0.7686   LBP 97040    IQD 1420.3   IRR 45610    KWD 0.3331   BHD 0.4088   QAR 3.9470   AED 3.9820
OMR 0.4174   SAR 4.0660   YER 271.40   EGP 53.210   MAD 10.6840  TND 3.3690   DZD 145.90   LYD 5.2710   SDG 651.80
ETB 131.40   KES 140.20   TZS 2845     UGX 4012     RWF 1452     NGN 1742     GHS 16.920   XOF 655.957  XAF 655.957
ZAR 19.8420  NAD 19.8420  BWP 14.6320  ZMW 28.410   MZN 69.270   AOA 968.40   MGA 4962     MUR 50.380   SCR 15.280
CVE 110.265  INR 91.5300  PKR 302.10   BDT 129.40   LKR 324.60   NPR 146.45   BTN 91.530   MVR 16.740   AFN 74.120
THB 37.6200  VND 27140    IDR 17085    MYR 4.8210   SGD 1.4390   PHP 62.840   HKD 8.4260   MOP 8.6790   TWD 35.210
KRW 1492.6   MMK 2276     KHR 4405     LAK 23680    BND 1.4390   PGK 4.2810   FJD 2.4520   SBD 9.1260   VUV 129.60
WST 2.9730   TOP 2.5810   XPF 119.332  MXN 20.8740  BRL 6.1120   ARS 1094.5   CLP 1018.7   COP 4462     PEN 4.0680
BOB 7.4910   PYG 8412     UYU 44.620   VES 52.480   GTQ 8.3840   HNL 27.180   NIO 39.890   CRC 555.80   PAB 1.0842
CUP 26.020   DOP 65.390   JMD 171.30   TTD 7.3560   BSD 1.0842   BBD 2.1684   BMD 1.0842   KYD 0.9034   AWG 1.9408
XCD 2.9273   BZD 2.1850   GYD 226.90   SRD 38.410   HTG 142.60   GIP 0.8531   FKP 0.8531   SHP 0.8531
"""

RATES: Final[Mapping[str, Decimal]] = MappingProxyType(
    {
        code: Decimal(rate)
        for line in _RATES.strip().splitlines()
        for code, rate in zip(line.split()[::2], line.split()[1::2], strict=True)
    }
)
