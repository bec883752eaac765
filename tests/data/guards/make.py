"""Makes the files of this folder with other programs than regrade: hostile ones, and sound ones to be damaged.

Needs openpyxl, pandas, xlsxwriter, xlwt and msoffcrypto-tool, LibreOffice (`soffice`) and SheetJS (`npm i xlsx` in the
folder $SHEETJS). Run in this folder: `python make.py`.
"""

import datetime
import io
import os
import random
import struct
import subprocess
import zipfile

import msoffcrypto.format.ooxml
import openpyxl
import pandas
import xlwt

HEADER = ["客户编号", "客户名称", "年采购额", "增长率", "合作起始时间"]
PLACES = "北京 上海 广州 深圳 杭州 成都 武汉 西安".split()
chosen = random.Random(4)
ROWS = [
    [
        f"{number:06}",
        f"{chosen.choice(PLACES)}{chosen.choice('天方海明金石')}{chosen.choice('机械科技贸易')}有限公司",
        round(chosen.uniform(0, 900), 2),
        round(chosen.uniform(-0.5, 0.9), 3),
        datetime.date(2015 + number % 9, 1 + number % 12, 1 + number % 28),
    ]
    for number in range(1, 41)
]


def convert(source, kind, folder="."):
    subprocess.run(["soffice", "--headless", "--convert-to", kind, "--outdir", folder, source], check=True, capture_output=True)


def sheetjs(program):
    subprocess.run(["node", "-e", "const X = require(process.env.SHEETJS + '/node_modules/xlsx');" + program], check=True)


# Sound files of several writers.
frame = pandas.DataFrame(ROWS, columns=HEADER)
frame.to_excel("pandas.xlsx", index=False, engine="xlsxwriter")
frame.to_csv("pandas.csv", index=False, encoding="gb18030")
book = openpyxl.Workbook()
book.active.append(HEADER)
for row in ROWS:
    book.active.append(row)
    book.active.cell(book.active.max_row, 4).number_format = "0.0%"
book.create_sheet("说明")["B2"] = "第二张表"
book.save("openpyxl.xlsx")
convert("openpyxl.xlsx", "ods")
convert("openpyxl.xlsx", "xls")
os.rename("openpyxl.ods", "libreoffice.ods")
os.rename("openpyxl.xls", "libreoffice.xls")
convert("libreoffice.ods", "xlsx")
sheetjs("X.writeFile(X.readFile('openpyxl.xlsx', {cellNF: true, cellDates: true}), 'sheetjs.xlsb', {bookType: 'xlsb', bookSST: true});")
sheetjs("X.writeFile(X.readFile('openpyxl.xlsx', {cellNF: true, cellDates: true}), 'sheetjs.biff5.xls', {bookType: 'biff5'});")

# xlwt: so many texts that their list goes on from record to record, percent and dates, a formula, an error.
old = xlwt.Workbook(encoding="utf-8")
sheet = old.add_sheet("客户")
for column, text in enumerate(HEADER + ["备注"]):
    sheet.write(0, column, text)
for index, row in enumerate(ROWS, 1):
    for column, value in enumerate(row):
        style = {3: "0.0%", 4: "yyyy-mm-dd"}.get(column, "general")
        sheet.write(index, column, value, xlwt.easyxf(num_format_str=style))
    sheet.write(index, 5, f"{index}：" + "备注" * 150 + "x" * index)
old.save("xlwt.xls")

# What must be told and is never a number: a formula without a value, an error, an id that lost its last digits.
LONG = 44010619900101123
new = openpyxl.Workbook()
new.active.append(["客户编号", "年采购额", "备注"])
new.active.append(["a", "=1+1", "公式"])
new.active.append(["b", "#DIV/0!", "错误"])
new.active["B3"].data_type = "e"
new.active.append([LONG, 5, "长编号"])
new.save("told.xlsx")
old = xlwt.Workbook()
sheet = old.add_sheet("Sheet")
for column, text in enumerate(["客户编号", "年采购额", "备注"]):
    sheet.write(0, column, text)
sheet.write(1, 0, "a")
sheet.write(1, 1, xlwt.Formula("1+1"))
sheet.write(1, 2, "公式")
sheet.write(2, 0, "b")
sheet.row(2).set_cell_error(1, 0x07)
sheet.write(2, 2, "错误")
sheet.write(3, 0, LONG)
sheet.write(3, 1, 5)
sheet.write(3, 2, "长编号")
old.save("told.xls")
# LibreOffice would calculate; a formula of an ods file loses its value as in a file by a program that cannot.
convert("told.xlsx", "ods")
with zipfile.ZipFile("told.ods") as whole:
    parts = {name: whole.read(name) for name in whole.namelist()}
content = parts["content.xml"].decode()
start = content.index('table:formula="of:=1+1"')
end = content.index("</table:table-cell>", start)
parts["content.xml"] = (content[:start] + 'table:formula="of:=1+1">' + content[end:]).encode()
with zipfile.ZipFile("told.ods", "w", zipfile.ZIP_DEFLATED) as changed:
    for name, part in parts.items():
        changed.writestr(name, part)
sheetjs(f"""
const ws = X.utils.aoa_to_sheet([['客户编号', '年采购额', '备注'], ['a', 2, '公式'], ['b', null, '错误'], [{LONG}, 5, '长编号']]);
ws.B3 = {{t: 'e', v: 0x07}};
const wb = X.utils.book_new();
X.utils.book_append_sheet(wb, ws, 'Sheet');
X.writeFile(wb, 'told.xlsb', {{bookType: 'xlsb'}});
""")


def repack(source, target, change):
    """A copy of a zip file with one part changed, its checksum right."""
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as changed:
        for name in whole.namelist():
            changed.writestr(name, change(name, whole.read(name)))


def checksum(source, target, part):
    """A copy whose checksum of one part is not the part's, in the part's own header and in the directory."""
    with zipfile.ZipFile(source) as whole:
        right = whole.getinfo(part).CRC.to_bytes(4, "little")
    raw = open(source, "rb").read()
    assert raw.count(right) >= 1
    open(target, "wb").write(raw.replace(right, bytes(4)))


checksum("openpyxl.xlsx", "checksum.xlsx", "xl/worksheets/sheet1.xml")
checksum("libreoffice.ods", "checksum.ods", "content.xml")
checksum("sheetjs.xlsb", "checksum.xlsb", "xl/worksheets/sheet1.bin")

# Cells at both ends of a worksheet, in xlsb (../read has the others), and counts beyond all counts.
sheetjs("""
const ws = X.utils.aoa_to_sheet([['id', 'a'], ['x', 1]]);
ws.XFD1048576 = {t: 's', v: 'far'};
ws['!ref'] = 'A1:B2';
const wb = X.utils.book_new();
X.utils.book_append_sheet(wb, ws, 'Sheet');
X.writeFile(wb, 'corner.xlsb', {bookType: 'xlsb'});
""")


def far_cell(name, part):
    # SheetJS writes what `!ref` covers; the far cell is put in by hand: its row, and a text of its own.
    if not name.endswith("worksheets/sheet1.bin"):
        return part
    end = part.index(b"\x92\x01\x00")
    row = b"\x00\x19" + struct.pack("<II", 1048575, 0) + bytes(17)
    text = "far".encode("utf-16-le")
    cell = struct.pack("<III", 16383, 0, 3) + text
    return part[:end] + row + b"\x06" + bytes([len(cell)]) + cell + part[end:]


repack("corner.xlsb", "far.xlsb", far_cell)
os.replace("far.xlsb", "corner.xlsb")

MANY = b"4294967296"
repack("libreoffice.xlsx", "strings.xlsx", lambda name, part: part.replace(b'uniqueCount="', b'uniqueCount = "' + MANY + b'" x="') if "shared" in name else part)
repack("sheetjs.xlsb", "strings.xlsb", lambda name, part: part.replace(part[:11], part[:3] + b"\xff" * 8) if "shared" in name.lower() else part)
raw = open("xlwt.xls", "rb").read()
# The list of shared texts: as long a record as there can be, nearly.
at = next(at for at in range(512, len(raw)) if raw[at : at + 2] == b"\xfc\x00" and 8000 < struct.unpack_from("<H", raw, at + 2)[0] <= 8224)
open("strings.xls", "wb").write(raw[: at + 4] + b"\xff" * 8 + raw[at + 12 :])
repack("libreoffice.ods", "strings.ods", lambda name, part: part.replace(b'<text:p>', b'<text:p><text:s text:c="4294967296"/>') if name == "content.xml" else part)

# A container whose chain of sectors comes back to itself.
raw = bytearray(open("xlwt.xls", "rb").read())
table = 512 * (1 + struct.unpack_from("<I", raw, 0x4C)[0])
start = next(number for number in range(100) if struct.unpack_from("<I", raw, table + 4 * number)[0] == number + 1)
struct.pack_into("<I", raw, table + 4 * (start + 3), start)
open("circle.xls", "wb").write(raw)

# A workbook with a password, as Excel 2010 and later write it.
with open("openpyxl.xlsx", "rb") as plain, open("password.xlsx", "wb") as locked:
    msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("密码 1234", locked)
