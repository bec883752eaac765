# polars read_excel (fastexcel/calamine) -> xlsxwriter per-cell formats. usage: IN.xlsx OUT.xlsx
import sys, polars as pl
from datetime import date
from common_pl import grade
import xw_out
src, dst = sys.argv[1:3]
d = pl.read_excel(src, engine="calamine", schema_overrides={"手机": pl.String})
d = d.with_columns(pl.col("合作起始时间").cast(pl.Date))
d = grade(d.lazy()).collect()
d = d.with_columns((pl.col("合作起始时间") - date(1899, 12, 30)).dt.total_days())
xw_out.write([d[c].to_list() for c in d.columns], d.columns, d["等级"].to_list(), dst)
