#!/bin/sh
# 一年：每个月导入、评级、和上个月比。The year: each month imports, grades, and compares with the month before.
#
#   sh examples/b2b-year/year.sh 输出的文件夹
#
# 从一月开始，所以要一个还没有台账的文件夹：过去的月份再评一次，会用上后来才知道的数据。
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
out=${1:?the folder for the results}
mkdir -p "$out"
export REGRADE_LEDGER="$out/regrade.db"
if [ -e "$REGRADE_LEDGER" ]; then
    echo "$REGRADE_LEDGER: the year has been run here; name another folder, or remove it" >&2
    exit 2
fi

for day in 2024-01-31 2024-02-29 2024-03-31 2024-04-30 2024-05-31 2024-06-30 \
    2024-07-31 2024-08-31 2024-09-30 2024-10-31 2024-11-30 2024-12-31; do
    month=${day%-*}

    # 七月起用新方案。
    case $month in
        2024-0[1-6]) export REGRADE_RULES="$here/rules.toml" ;;
        *) export REGRADE_RULES="$here/rules-2.toml" ;;
    esac

    # 这个月里，有人做了调整。
    case $month in
        2024-03)
            regrade review set K02 --grade B --lock --until 2024-05-31 --as-of 2024-03-15 \
                --by 财务部 --reason '回款逾期，结清前不升级'
            ;;
        2024-05)
            regrade review set K12 --grade A --floor --until 2024-08-31 --as-of 2024-05-10 \
                --by 何静 --reason '新产线九月投产，意向书已签'
            ;;
    esac

    regrade import -q --as-of "$day" --summary-json "$out/$month-import.json" "$here/in/$month/"*
    regrade grade -q --as-of "$day" -o "$out/$month.xlsx" -o "$out/$month.jsonl"
    if [ "$month" != 2024-01 ]; then
        regrade diff -q @previous @latest -o "$out/$month-moves.csv" -o "$out/$month-moves.jsonl"
        regrade notify -q -o "$out/notices/"  # 每次升降写一封信，不重复
    fi
done

regrade runs history K12 --lang zh -o "$out/K12.csv"
regrade diff -q @2024-01 @2024-12 -o "$out/year.csv"

# 三季度的任务：六月末排的，和八月末看的。日历每位负责人一份。
regrade tasks -q 2024-Q3 --run @2024-06 -o "$out/tasks-2024-06.csv" -o "$out/calendars-2024-06/"
regrade tasks -q 2024-Q3 --run @2024-08 --all -o "$out/tasks-2024-08.csv" -o "$out/calendars-2024-08/"
