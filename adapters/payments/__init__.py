"""Payment gateways: each speaks its own words in a folder of its own, behind one seam."""
