# usage: j1_polars.py IN OUT p|- lazy|sink
import sys, polars as pl
from common_pl import grade
src, dst = sys.argv[1:3]
pct, mode = sys.argv[3] == "p", sys.argv[4]
ov = {"手机": pl.String, "合作起始时间": pl.Date}
if mode == "lazy":
    grade(pl.scan_csv(src, schema_overrides=ov), pct).collect().write_csv(dst)
else:
    grade(pl.scan_csv(src, schema_overrides=ov), pct).sink_csv(dst)
