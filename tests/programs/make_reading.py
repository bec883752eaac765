"""Makes the input files of tests/reading, with the programs that people's files come from.

Run it only to add or change a case: `python tests/programs/make_reading.py [WORD]` makes the files of the cases whose
name has the word in it (all without). It needs what tests/programs/install installs and
tests/programs/requirements-reading.txt. The files are committed, because what the programs write changes with their
versions; the values in them are those of this script, and the tests say what must be read.
"""

import datetime
import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import openpyxl
import pandas
import xlsxwriter
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile

ROOT = Path(__file__).resolve().parents[2]
READING = ROOT / "tests" / "reading"
NODE = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "programs" / "node"

CUSTOMERS = [
    ["客户编号", "客户名称", "年采购额", "合作起始时间"],
    ["001", "甲公司", 120.5, "2024-03-05"],
    ["002", "乙公司", 80, "2023-12-31"],
]
CASES = {}


def case(function):
    """A case: the function's name is the folder's, with hyphens."""
    CASES[function.__name__.replace("_", "-")] = function
    return function


# The programs.


def workbook(path, rows, merges=(), formats=None, title="客户", epoch_1904=False):
    """An xlsx by openpyxl."""
    book = openpyxl.Workbook()
    if epoch_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    sheet = book.active
    sheet.title = title
    fill(sheet, rows)
    for merge in merges:
        sheet.merge_cells(merge)
    for place, code in (formats or {}).items():
        sheet[place].number_format = code
    stamp = datetime.datetime(2024, 3, 31)
    book.properties.created = book.properties.modified = stamp
    book.save(path)


def fill(sheet, rows):
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                sheet.cell(number, column, value)


def old_workbook(path, rows, formats=None):
    """An xls by xlwt."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("客户")
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if value is None:
                continue
            code = (formats or {}).get((number, column))
            if isinstance(value, str) and value.startswith("="):
                value = xlwt.Formula(value[1:])
            if code:
                sheet.write(number, column, value, xlwt.easyxf(num_format_str=code))
            else:
                sheet.write(number, column, value)
    book.save(str(path))


def text(path, rows, delimiter=",", encoding="utf-8", end="\n"):
    """A text file, written as it stands here."""
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows]
    Path(path).write_bytes((end.join(lines) + end).encode(encoding))


def iconv(source, path, encoding):
    """Another encoding, by iconv."""
    converted = subprocess.run(["iconv", "-f", "UTF-8", "-t", encoding, source], capture_output=True, check=True)
    Path(path).write_bytes(converted.stdout)


def office(source, path, kind):
    """Another format, by LibreOffice; `kind` as its --convert-to takes it."""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--norestore", "--convert-to", kind, "--outdir", folder, source]
        subprocess.run(command, check=True, capture_output=True)
        made = [entry for entry in Path(folder).iterdir() if entry.is_file()]
        assert len(made) == 1, made
        shutil.move(made[0], path)


def sheetjs(path, rows, kind):
    """A workbook by SheetJS; `kind` is its bookType."""
    script = """
const X = require(process.argv[1] + '/node_modules/xlsx');
const rows = JSON.parse(process.argv[2]);
const book = X.utils.book_new();
X.utils.book_append_sheet(book, X.utils.aoa_to_sheet(rows), '客户');
X.writeFile(book, process.argv[4], {bookType: process.argv[3]});
"""
    subprocess.run(["node", "-e", script, str(NODE), json.dumps(rows), kind, str(path)], check=True)


# The cases.


@case
def format_by_content(folder):
    plain = folder / "plain.xlsx"
    workbook(plain, CUSTOMERS)
    office(plain, folder / "ods-named.xlsx", "ods")
    office(plain, folder / "xls-by-libreoffice.csv", "xls:MS Excel 97")
    office(plain, folder / "html-by-libreoffice.xls", "html")
    old_workbook(folder / "xls-by-xlwt.xlsx", CUSTOMERS)
    shutil.move(plain, folder / "xlsx-named.csv")
    sheetjs(folder / "xlsb-by-sheetjs.xls", CUSTOMERS, "xlsb")
    sheetjs(folder / "spreadsheetml-by-sheetjs.xls", CUSTOMERS, "xlml")
    frame = pandas.DataFrame(CUSTOMERS[1:], columns=CUSTOMERS[0])
    (folder / "html-by-pandas.xls").write_text(frame.to_html(index=False), encoding="utf-8")
    (folder / "tsv-by-pandas.xls").write_bytes(frame.to_csv(index=False, sep="\t").encode("utf-16"))
    frame.to_csv(folder / "csv-by-pandas.xlsx", index=False)
    with gzip.GzipFile(folder / "packed", "wb", mtime=0) as packed:
        packed.write(frame.to_csv(index=False).encode())


@case
def html_as_a_web_page_prints_it(folder):
    # As an old reporting system does: no ends of cells and rows, GBK, a title and a unit above, a signature below.
    page = """<html><head><meta http-equiv=Content-Type content="text/html; charset=gb2312"><title>报表</title>
<style>td{mso-number-format:"\\@"}</style></head><body><h3>客户清单</h3><p>单位：万元</p>
<table border=1><tr><td rowspan=2>客户编号<td rowspan=2>客户名称<td colspan=2>采购<tr><td>年采购额<td>增长率
<tr><td>001<td>甲&amp;乙<br>公司<td align=right>1,200.5<td>12.5%
<tr><td>002<td>丙&nbsp;公司<td>80<td>-3%
<tr><td>合计<td><td>1,280.5</table>制表人：张三</body></html>"""
    (folder / "客户.xls").write_bytes(page.encode("gb18030"))


@case
def html_login_page(folder):
    page = "<!DOCTYPE html><html><head><title>登录</title></head><body><form action=login>用户名<input></form></body></html>"
    (folder / "导出.xls").write_text(page, encoding="utf-8")


@case
def lock_file_is_skipped(folder):
    text(folder / "客户.csv", CUSTOMERS)
    # Excel writes the user's name into it.
    (folder / "~$客户.xlsx").write_bytes(b"\x05admin" + b" " * 159)


@case
def encodings_are_told(folder):
    simple = [["客户编号", "客户名称", "年采购额"], ["001", "天方科技", 120], ["002", "长城商贸", 80]]
    text(folder / "utf-8.csv", simple)
    source = folder / "utf-8.csv"
    iconv(source, folder / "gb18030.csv", "GB18030")
    iconv(source, folder / "utf-16le.csv", "UTF-16LE")
    (folder / "bom.csv").write_bytes(b"\xef\xbb\xbf" + source.read_bytes())
    text(folder / "big5.csv", [["客戶編號", "客戶名稱", "年採購額"], ["001", "臺灣電腦", 120], ["002", "鴻海", 80]], encoding="big5")
    text(folder / "sjis.csv", [["顧客番号", "会社名", "金額"], ["001", "東京商事", 120], ["002", "株式会社ソニー", 80]], encoding="shift_jis")
    text(folder / "windows-1252.csv", [["id", "société", "prénom"], ["1", "Café Été", "Hélène"], ["2", "Würth", "José"]], encoding="cp1252")


@case
def encoding_by_name(folder):
    # One word of Chinese: nothing tells what it is, so the header has to, or the user.
    text(folder / "short.csv", [["id", "名"], ["1", "甲"]], encoding="gb18030")


@case
def delimiters(folder):
    rows = [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", "120"], ["002", "乙公司", "80"]]
    for name, sign in [("comma", ","), ("tab", "\t"), ("semicolon", ";"), ("pipe", "|"), ("chinese", "，")]:
        text(folder / f"{name}.csv", rows, sign)
    text(folder / "cr.csv", rows, end="\r")
    source = folder / "quoted.xlsx"
    workbook(source, [["客户编号", "备注"], ["001", '甲"的",公司\n第二行'], ["002", "乙;公司"]])
    office(source, folder / "quoted-by-libreoffice.csv", "csv:Text - txt - csv (StarCalc):44,34,76,1")
    source.unlink()
    (folder / "nul.csv").write_bytes("客户编号,客户名称\n001,甲\0公司\n".encode())
    text(folder / "single.csv", [["客户编号"], ["001"], ["002"]])


@case
def titles_above_and_notes_below(folder):
    rows = [
        ["2024年客户采购明细表"],
        ["单位：万元", None, None, "填报单位：华东分公司"],
        [],
        ["客户编号", "客户名称", "年采购额", "合作起始时间"],
        ["001", "甲公司", 120.5, datetime.date(2024, 3, 5)],
        ["002", "乙公司", 80, datetime.date(2023, 12, 31)],
        [],
        ["注：以上数据截至2024年3月31日"],
        ["数据由市场部整理，未经审计。"],
    ]
    workbook(folder / "客户.xlsx", rows, merges=["A1:D1"])


@case
def header_of_two_rows(folder):
    rows = [
        ["客户采购情况"],
        ["客户编号", "客户名称", "采购（万元）", None, "2023年", None, "2024年", None],
        [None, None, "年采购额", "增长率", "订单数", "退货数", "订单数", "退货数"],
        ["001", "甲公司", 120.5, 0.125, 10, 1, 12, 0],
        ["002", "乙公司", 80, -0.03, 5, 0, 6, 2],
    ]
    merges = ["A1:H1", "A2:A3", "B2:B3", "C2:D2", "E2:F2", "G2:H2"]
    source = folder / "客户.xlsx"
    workbook(source, rows, merges=merges)
    office(source, folder / "客户.csv", "csv:Text - txt - csv (StarCalc):44,34,76,1")
    office(source, folder / "客户.xls", "xls:MS Excel 97")


@case
def header_that_is_not_clear(folder):
    text(folder / "客户.csv", [["客户编号", "客户名称"], ["客户名称", "客户编号"], ["001", "甲"]])


@case
def headers_by_alias_and_folded(folder):
    rows = [["ＣＲＭ编号 ", "客户\n名称", "annual purchase", "增长 率【%】"], ["001", "甲公司", 120.5, 12.5]]
    workbook(folder / "客户.xlsx", rows)


@case
def required_column_is_missing(folder):
    workbook(folder / "客户.xlsx", [["客户编号", "客户名称", "年采购金额"], ["001", "甲公司", 120.5]])


@case
def totals_and_signatures_are_dropped(folder):
    rows = [
        ["客户编号", "客户名称", "年采购额"],
        ["001", "甲公司", 120.5],
        ["小计", None, 120.5],
        [],
        ["002", "合计贸易有限公司", 80],
        ["合 计", None, 200.5],
        ["总计（万元）", None, 0.02],
        ["共 2 条记录"],
        ["第 1 页 / 共 1 页"],
        ["制表人：张三", None, "审核：李四"],
    ]
    old_workbook(folder / "客户.xls", rows)


@case
def merged_cells_fill_down_where_the_field_says_so(folder):
    rows = [
        ["区域", "渠道", "客户编号", "年采购额"],
        ["华东", "直销", "001", 120.5],
        [None, None, "002", 80],
        ["华南", "分销", "003", 60],
        [None, None, "004", 40],
    ]
    workbook(folder / "客户.xlsx", rows, merges=["A2:A3", "B2:B3", "A4:A5", "B4:B5"])


@case
def ids_keep_zeros_and_lost_digits_are_told(folder):
    rows = [["客户编号", "身份证号", "手机"], ["00123", "440301199001011234", 13800138000], ["00124", 440301199001011234, "013800138000"]]
    source = folder / "客户.xlsx"
    workbook(source, rows)
    office(source, folder / "客户.xls", "xls:MS Excel 97")
    # As Excel shows and saves it: three figures are left.
    text(folder / "客户.csv", [["客户编号", "身份证号"], ["00123", "440301199001011234"], ["00124", "4.4E+17"]])


@case
def ids_that_excel_is_told_are_text(folder):
    # A tab, a formula of a text and an apostrophe: so programs and people keep Excel from making a number of an id.
    lines = [["客户编号", "年采购额"], ["\t001", "\t120"], ['="002"', "80"], ["'003", "60"], ['"=""004"""', "40"], ["005", "20"]]
    text(folder / "客户.csv", lines, encoding="gb18030")


@case
def amounts_as_people_write_them(folder):
    forms = ["1,200,000", "￥120", "120万", "1.2亿", "（1,234）", "(1,234.50)", "１２００", "7.0000000000000009", "-80", "120 元", "RMB 1,000", "1.2E+3"]
    rows = [["客户编号", "金额"]] + [[f"{number:03}", form] for number, form in enumerate(forms, 1)]
    workbook(folder / "客户.xlsx", rows + [["013", 7.0000000000000009], ["014", 1234.5678915]])


@case
def units_of_cell_header_line_and_field(folder):
    rows = [
        ["客户明细", None, None, None],
        ["单位：万元"],
        ["客户编号", "年采购额", "欠款（元）", "预算"],
        ["001", 120, 5000, "50万元"],
        ["002", "80元", 8000, 60],
        ["003", 60, "2万", "3百万元"],
    ]
    workbook(folder / "客户.xlsx", rows)


@case
def per_cent(folder):
    rows = [["客户编号", "增长率", "占比（%）"], ["001", 0.125, 20], ["002", "12.5%", "20%"], ["003", 0.2, 0.2], ["004", 12, 12.5]]
    source = folder / "客户.xlsx"
    workbook(source, rows, formats={"B2": "0.0%", "C4": "0%"})
    office(source, folder / "客户.ods", "ods")
    office(source, folder / "客户.xls", "xls:MS Excel 97")
    shown = [rows[0], ["001", {"t": "n", "v": 0.125, "z": "0.0%"}, 20], rows[2], ["003", 0.2, {"t": "n", "v": 0.2, "z": "0%"}], rows[4]]
    sheetjs(folder / "客户.xlsb", shown, "xlsb")
    sheetjs(folder / "spreadsheetml.xls", shown, "xlml")


@case
def dates_in_every_form(folder):
    forms = ["2024-3-5", "2024/3/5", "2024.3.5", "2024年3月5日", "20240305", 20240305, 45356, "45356", datetime.date(2024, 3, 5), "2024-03-05 08:30:00"]
    rows = [["客户编号", "合作起始时间"]] + [[f"{number:03}", form] for number, form in enumerate(forms, 1)]
    workbook(folder / "客户.xlsx", rows)


@case
def dates_of_1904(folder):
    rows = [["客户编号", "合作起始时间"], ["001", datetime.date(2024, 3, 5)], ["002", 43894], ["003", "2024-03-05"]]
    book = xlsxwriter.Workbook(str(folder / "客户.xlsx"), {"date_1904": True})
    book.set_properties({"created": datetime.datetime(2024, 3, 31)})
    sheet = book.add_worksheet("客户")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                sheet.write_datetime(number, column, datetime.datetime(value.year, value.month, value.day), day)
            else:
                sheet.write(number, column, value)
    book.close()


@case
def dates_by_the_whole_column(folder):
    def dates(name, *forms):
        text(folder / name, [["客户编号", "合作起始时间"]] + [[f"{number:03}", form] for number, form in enumerate(forms, 1)])

    dates("day-first.csv", "3/5/2024", "31/12/2023", "5/5/2024")
    dates("month-first.csv", "3/5/2024", "12/31/2023")
    dates("undecided.csv", "3/5/2024", "4/6/2024")
    dates("mixed.csv", "31/12/2023", "12/31/2023")
    dates("two-digits.csv", "24-3-5", "23-12-31")


@case
def blanks_are_missing(folder):
    forms = ["-", "—", "/", "无", "N/A", "#N/A", "", " ", "0"]
    rows = [["客户编号", "年采购额"]] + [[f"{number:03}", form] for number, form in enumerate(forms, 1)]
    workbook(folder / "客户.xlsx", rows + [["010", "=NA()"]])
    source = folder / "客户.xlsx"
    office(source, folder / "客户.ods", "ods")
    source.unlink()


@case
def formulas_and_errors(folder):
    rows = [["客户编号", "年采购额"], ["001", 120], ["002", "=B2*2"], ["003", "=1/0"], ["004", 80]]
    # Neither openpyxl nor xlwt calculates; LibreOffice does.
    source = folder / "by-openpyxl.xlsx"
    workbook(source, rows)
    old_workbook(folder / "by-xlwt.xls", rows)
    office(source, folder / "by-libreoffice.xlsx", "xlsx")
    office(source, folder / "by-libreoffice.xls", "xls:MS Excel 97")
    office(source, folder / "by-libreoffice.ods", "ods")
    office(source, folder / "html-by-libreoffice.xls", "html")
    sheetjs(folder / "spreadsheetml-by-sheetjs.xls", [rows[0], rows[1], ["002", {"t": "n", "v": 240, "f": "B2*2"}], ["003", {"t": "e", "v": 7, "f": "1/0"}], rows[4]], "xlml")


@case
def pages_with_a_header_each(folder):
    header = ["客户编号", "客户名称", "年采购额"]
    rows = [["第1页"], header, ["001", "甲公司", 120.5], ["本页小计", None, 120.5], [], ["第2页"], header, ["002", "乙公司", 80], ["合计", None, 200.5]]
    workbook(folder / "客户.xlsx", rows)


@case
def the_same_key_twice(folder):
    rows = [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 120], ["002", "乙公司", 80], ["001", "甲公司", 130], ["003", "丙公司", 50], ["003", "丙公司", 50]]
    workbook(folder / "客户.xlsx", rows)


@case
def required_cell_is_blank(folder):
    workbook(folder / "客户.xlsx", [["客户编号", "年采购额"], ["001", 120], ["002", None], ["003", "无"]])


@case
def bad_cells_cost_their_row(folder):
    rows = [["客户编号", "年采购额"]] + [[f"{number:03}", number] for number in range(1, 201)]
    rows[11][1] = "待定"
    workbook(folder / "客户.xlsx", rows)
    rows[21][1] = rows[31][1] = rows[41][0] = None
    rows[21][1] = rows[31][1] = "约100"
    workbook(folder / "更多.xlsx", rows)


@case
def a_unit_slip(folder):
    """March is exported in 元 by a program that writes no unit."""
    february = [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 120.5], ["002", "乙公司", 80], ["003", "丙公司", 35], ["004", "丁公司", 9]]
    march = [february[0]] + [[key, name, amount * 10_000 + 123] for key, name, amount in february[1:]]
    workbook(folder / "客户2024-02.xlsx", february)
    old_workbook(folder / "客户2024-03.xls", march)


@case
def several_files_of_one_sheet(folder):
    workbook(folder / "华东.xlsx", [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 120], ["002", "乙公司", 80]])
    workbook(folder / "华南.xlsx", [["客户编号", "客户名称", "年采购额"], ["002", "乙公司", 90], ["003", "丙公司", 50]])


@case
def traditional_headers(folder):
    rows = [["客戶\n編號", "客戶名稱 ", "年採購額（萬元）"], ["001", "臺灣電腦", 120.5], ["002", "鴻海", "2億"], ["合計", None, 320.5]]
    workbook(folder / "客戶.xlsx", rows)


@case
def another_table_below(folder):
    rows = [
        ["客户编号", "客户名称", "年采购额"],
        ["001", "甲公司", 120.5],
        ["002", "乙公司", 80],
        [],
        ["表二：渠道目标"],
        ["渠道", "负责人", "目标"],
        ["直销", "张三", 500],
        ["分销", "李四", 300],
    ]
    workbook(folder / "客户.xlsx", rows)


@case
def another_table_beside(folder):
    rows = [
        ["客户编号", "客户名称", "年采购额", None, "区域", "目标"],
        ["001", "甲公司", 120.5, None, "华东", 500],
        ["002", "乙公司", 80, None, None, None],
    ]
    workbook(folder / "客户.xlsx", rows)


@case
def several_worksheets(folder):
    book = openpyxl.Workbook()
    for title, rows in [
        ("说明", [["本表由系统导出"], ["口径：含税"]]),
        ("客户", [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 120]]),
        ("空", []),
        ("字典", [["代码", "含义"], ["A", "直销"]]),
    ]:
        fill(book.create_sheet(title), rows)
    del book["Sheet"]
    book.properties.created = book.properties.modified = datetime.datetime(2024, 3, 31)
    book.save(folder / "客户.xlsx")


@case
def hidden_worksheets_are_told(folder):
    book = openpyxl.Workbook()
    for title, rows in [
        ("客户", [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 120]]),
        ("去年", [["客户编号", "客户名称", "年采购额"], ["001", "甲公司", 80], ["009", "旧公司", 60]]),
        ("模板", [["客户编号", "客户名称", "年采购额"]]),
    ]:
        fill(book.create_sheet(title), rows)
    del book["Sheet"]
    book["去年"].sheet_state = "hidden"
    book["模板"].sheet_state = "veryHidden"
    book.properties.created = book.properties.modified = datetime.datetime(2024, 3, 31)
    book.save(folder / "客户.xlsx")
    for kind, ending in [("xls:MS Excel 97", "xls"), ("ods", "ods")]:
        office(folder / "客户.xlsx", folder / f"客户.{ending}", kind)


@case
def encrypted_workbook(folder):
    plain = folder / "plain.xlsx"
    workbook(plain, CUSTOMERS)
    with open(plain, "rb") as source, open(folder / "客户.xlsx", "wb") as target:
        OOXMLFile(source).encrypt("秘密123", target)
    plain.unlink()
    (folder / "password.txt").write_text("秘密123\n", encoding="utf-8")


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    for name, make in CASES.items():
        if word in name:
            folder = READING / name
            folder.mkdir(parents=True, exist_ok=True)
            make(folder)
            print(name)


if __name__ == "__main__":
    main()
