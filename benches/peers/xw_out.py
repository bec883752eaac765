import xlsxwriter
W = [12, 30, 12, 10, 8, 10, 14, 12, 12, 12, 10, 8, 10, 30, 8, 8, 10, 6, 10, 14]
NF = {7: "yyyy-mm-dd", 8: "#,##0.00", 11: "0.0", 12: "0.00%", 16: "0.0"}
FILL = {"A": "#C6EFCE", "B": "#FFEB9C", "C": "#F2F2F2"}
NUM = {7, 8, 9, 10, 11, 12, 14, 15, 16}
def write(cols, names, grades, dst):
    """cols: list of 20 python lists (dates already Excel serials)"""
    wb = xlsxwriter.Workbook(dst, {"constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False})
    ws = wb.add_worksheet("分级结果")
    h = wb.add_format({"bold": True, "bg_color": "#D9E1F2"})
    fmt = {g: [wb.add_format({"bg_color": col, **({"num_format": NF[i]} if i in NF else {})}) for i in range(20)] for g, col in FILL.items()}
    ws.freeze_panes(1, 0); ws.autofilter(0, 0, len(grades), 19)
    for i, w in enumerate(W): ws.set_column(i, i, w)
    ws.write_row(0, 0, names, h)
    wn, wst, wb_ = ws.write_number, ws.write_string, ws.write_blank
    for r, (g, row) in enumerate(zip(grades, zip(*cols)), 1):
        f = fmt[g]
        for i, x in enumerate(row):
            if i in NUM: wn(r, i, x, f[i])
            elif x: wst(r, i, x, f[i])
            else: wb_(r, i, None, f[i])
    wb.close()
