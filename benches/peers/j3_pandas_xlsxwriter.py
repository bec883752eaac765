# pandas read_excel(engine=calamine) -> xlsxwriter per-cell formats. usage: IN.xlsx OUT.xlsx
import sys, pandas as pd
from common_pd import grade
import xw_out
src, dst = sys.argv[1:3]
df = grade(pd.read_excel(src, engine="calamine", dtype={"手机": str}, keep_default_na=False))
df["合作起始时间"] = (df["合作起始时间"] - pd.Timestamp("1899-12-30")).dt.days
xw_out.write([df[c].tolist() for c in df.columns], list(df.columns), df["等级"].tolist(), dst)
