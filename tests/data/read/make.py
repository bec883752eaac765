"""Makes the workbooks and texts of this folder with other programs than regrade.

Needs openpyxl and xlwt, LibreOffice (`soffice`) and, for xlsb, SheetJS (`npm i xlsx` in the folder $SHEETJS).
Run in this folder: `python make.py`. The expected values in src/read/tests are the ones written here.
"""

import datetime
import gzip
import os
import shutil
import subprocess
import tempfile
import zipfile

import openpyxl
import xlwt
from openpyxl.utils.datetime import CALENDAR_MAC_1904

HEADER = ["客户编号", "客户名称", "年采购额（万元）", "增长率", "合作起始时间"]
ROWS = [
    ["000123", "合计贸易有限公司", 120.5, 0.2, datetime.date(2024, 3, 5)],
    ["000124", "天方机械", 80, -0.05, datetime.date(2020, 2, 29)],
    ["000125", "海明科技", 0, 0.125, datetime.date(1999, 12, 31)],
]


def customers(sheet):
    """Title, unit line, blank row, header in row 4, three customers with a blank row between, a footer of three."""
    sheet["A1"] = "2024年客户采购明细表"
    sheet["E2"] = "单位：万元"
    for column, text in enumerate(HEADER, 1):
        sheet.cell(4, column, text)
    for row, values in zip([5, 6, 8], ROWS):
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column, value)
            if column == 4:
                cell.number_format = "0.0%"
            if column == 5:
                cell.number_format = "yyyy-mm-dd"
    sheet["A9"] = "合 计"
    sheet["C9"] = 200.5
    sheet["A10"] = "制表人：张三"
    sheet["D10"] = "审核："


def convert(source, kind):
    subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", ".", source], check=True, capture_output=True)


book = openpyxl.Workbook()
book.active.title = "概览"
book.active["A1"] = "本工作簿说明"
customers(book.create_sheet("客户"))
book.save("customers.xlsx")
convert("customers.xlsx", "ods")
convert("customers.xlsx", "xls")

# The 1904 epoch, as old Macs have it.
book = openpyxl.Workbook()
book.epoch = CALENDAR_MAC_1904
book.active.append(["id", "date"])
book.active.append(["a", datetime.date(2024, 3, 5)])
book.save("epoch1904.xlsx")
convert("epoch1904.xlsx", "xls")

# openpyxl does not calculate: its formulas have no saved value. LibreOffice calculates them.
book = openpyxl.Workbook()
book.active.append(["id", "a", "b"])
book.active.append(["x", "=1+1", "=1/0"])
book.active["D2"].font = openpyxl.styles.Font(bold=True)
book.save("unsaved.xlsx")
with tempfile.TemporaryDirectory() as folder:
    shutil.copy("unsaved.xlsx", f"{folder}/calculated.xlsx")
    convert(f"{folder}/calculated.xlsx", "ods")
    convert("calculated.ods", "xlsx")
    convert("calculated.ods", "xls")

# A cell in the last corner.
book = openpyxl.Workbook()
book.active.append(["id", "a"])
book.active.append(["x", 1])
book.active["XFD1048576"] = "far"
book.save("corner.xlsx")
convert("corner.xlsx", "ods")
old = xlwt.Workbook()
sheet = old.add_sheet("Sheet1")
for row, values in enumerate([["id", "a"], ["x", 1]]):
    for column, value in enumerate(values):
        sheet.write(row, column, value)
sheet.write(65535, 255, "far")
old.save("corner.xls")

# Booleans, long text with a line break, integers, a header with a line break, a column without a header.
book = openpyxl.Workbook()
book.active.append(["客户\n编号", None, "有效", "备注"])
book.active.append(["00１", "x", True, "一\n二"])
book.active.append(["002", None, False, None])
book.save("kinds.xlsx")
convert("kinds.xlsx", "ods")

# xlsb, by SheetJS: a title, per cent, a date, an error value.
subprocess.run(["node", "-e", """
const X = require(process.env.SHEETJS + '/node_modules/xlsx');
const ws = X.utils.aoa_to_sheet([['标题'], ['客户编号', '增长率', '日期', '错误'], ['007', 0.2, 45356, null], ['008', 0.5, 45357, 1]]);
ws.B3.z = '0.0%'; ws.C3.z = 'yyyy-mm-dd'; ws.C4.z = 'yyyy-mm-dd';
ws.D3 = {t: 'e', v: 0x07};
const wb = X.utils.book_new();
X.utils.book_append_sheet(wb, ws, '客户');
X.writeFile(wb, 'percent.xlsb', {bookType: 'xlsb', bookSST: true});
"""], check=True)

# Texts.
open("cr.csv", "wb").write("id,name\r\"1\",\"a\rb\"\r2,c\r\r3,d".encode())
open("tabs.utf16.tsv", "wb").write(b"\xff\xfe" + "客户编号\t客户名称\r\n0001\t天方,机械\r\n".encode("utf-16-le"))
open("chinese-comma.csv", "wb").write("客户编号，客户名称，备注\n01，\"甲，乙\"，x,y\n02，丙，\n".encode())
open("big5.csv", "wb").write("客戶編號,客戶名稱,地區\n001,臺灣積體電路製造股份有限公司,新竹\n002,鴻海精密工業,臺北\n".encode("big5"))
open("sjis.csv", "wb").write("顧客番号,顧客名,地域\n001,株式会社トヨタ自動車,愛知県\n002,ソニーグループ,東京都\n".encode("shift_jis"))
open("gb18030.csv", "wb").write("客户编号,客户名称\n001,喆堃鑫淼贸易有限公司\n002,北京𠮷野家快餐\n".encode("gb18030"))
open("nul.csv", "wb").write(b"id,name\n1,a\x00b\n2,c\n")
open("sep.csv", "wb").write(b"sep=;\r\nid;name\r\n1;a,b\r\n")
open("broken.gb18030.csv", "wb").write("客户编号,客户名称\n001,天方\n002,海".encode("gb18030") + b"\xff\n")
open("broken.utf8.csv", "wb").write("客户编号,客户名称\n001,天方机械\n002,海明科技".encode()[:-1] + b"\n")
open("ragged.csv", "wb").write("客户清单\n单位：元\n客户编号,客户名称,金额,\n1,甲,1,\n2,乙,2,3,\n3,丙\n4,丁,\"1,000\",,,\n\n5,戊,5,\n合计,,1008,\n".encode())
with gzip.GzipFile("customers.csv.gz", "wb", mtime=0) as packed:
    packed.write("客户编号,客户名称\n001,天方\n".encode())
open("page.xls", "wb").write("<html><body><form>请登录</form></body></html>".encode())
open("empty.csv", "wb").write(b"")
open("truncated.xlsx", "wb").write(open("customers.xlsx", "rb").read()[:3000])

# A repeat count that would fill memory, and a checksum that fails.
with zipfile.ZipFile("kinds.ods") as whole, zipfile.ZipFile("repeats.ods", "w", zipfile.ZIP_DEFLATED) as changed:
    for name in whole.namelist():
        content = whole.read(name)
        if name == "content.xml":
            row = b'<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384" office:value-type="float" office:value="1"/></table:table-row>'
            content = content.replace(b"<table:table-row ", row + b"<table:table-row ", 1)
        changed.writestr(name, content)
with zipfile.ZipFile("customers.xlsx") as whole:
    info = whole.getinfo("xl/worksheets/sheet2.xml")
    sum = info.CRC.to_bytes(4, "little")
raw = open("customers.xlsx", "rb").read()
open("checksum.xlsx", "wb").write(raw.replace(sum, bytes(4)))
