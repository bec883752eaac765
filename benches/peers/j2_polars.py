# usage: j2_polars.py TX OUT eager|stream
import sys, polars as pl
from datetime import date
src, dst = sys.argv[1:3]
mode = sys.argv[3]
c = pl.col
lf = (pl.scan_csv(src, schema_overrides={"日期": pl.Date, "金额": pl.Float64}).select("客户编号", "日期", "金额")
      .filter((c("日期") > date(2024, 12, 31)) & (c("日期") <= date(2025, 12, 31)))
      .with_columns((c("金额") * 100).round().cast(pl.Int64).alias("分"), c("日期").dt.month().alias("m")))
m = lf.group_by("客户编号", "m").agg(c("分").sum(), pl.len().alias("n"), c("日期").max().alias("d"))
eng = "streaming" if mode == "stream" else "in-memory"
m = m.collect(engine=eng)
a = m.group_by("客户编号").agg(c("d").max().alias("最近购买"), c("n").sum().alias("F"), c("分").sum().alias("分"),
      c("m").filter(c("分") > 50000).sort().alias("ms"))
a = a.with_columns(c("最近购买").sub(date(2025, 12, 31)).dt.total_days().neg().alias("R天数"))
# three consecutive months: some k with k, k+1, k+2 all present
hot = (m.filter(c("分") > 50000).select("客户编号", "m").sort("客户编号", "m")
       .with_columns((c("m").cast(pl.Int32) - c("m").cast(pl.Int32).shift(2).over("客户编号")).alias("g")).filter(c("g") == 2)
       .select("客户编号").unique().with_columns(pl.lit(True).alias("晋升")))
a = a.drop("ms").join(hot, on="客户编号", how="left").with_columns(c("晋升").fill_null(False))
n = a.height
def q(key, desc, name):
    better = c(key).rank("min", descending=desc).cast(pl.Int64) - 1
    return (5 - better * 5 // n).alias(name)
a = a.with_columns(q("R天数", False, "R分"), q("F", True, "F分"), q("分", True, "M分"))
h = lambda k: c(k) >= 4
seg = (pl.when(h("R分") & h("F分") & h("M分")).then(pl.lit("重要价值")).when(h("R分") & ~h("F分") & h("M分")).then(pl.lit("重要发展"))
  .when(~h("R分") & h("F分") & h("M分")).then(pl.lit("重要保持")).when(~h("R分") & ~h("F分") & h("M分")).then(pl.lit("重要挽留"))
  .when(h("R分") & h("F分")).then(pl.lit("一般价值")).when(h("R分")).then(pl.lit("一般发展")).when(h("F分")).then(pl.lit("一般保持")).otherwise(pl.lit("一般挽留")))
t = c("R分") + c("F分") + c("M分")
g = pl.when(t >= 12).then(2).when(t >= 8).then(1).otherwise(0) + c("晋升").cast(pl.Int32)
a = a.with_columns(seg.alias("细分"), pl.when(g >= 2).then(pl.lit("A")).when(g == 1).then(pl.lit("B")).otherwise(pl.lit("C")).alias("等级"),
  pl.when(c("晋升")).then(pl.lit("是")).otherwise(pl.lit("否")).alias("晋升"), (c("分") / 100).alias("M"))
a.sort("客户编号").select("客户编号", "最近购买", "R天数", "F", "M", "R分", "F分", "M分", "细分", "等级", "晋升").write_csv(dst, float_precision=2)
