#!/usr/bin/env python3
"""How fast others make the same page: the words of a paper of ours, at their places, by reportlab.

usage: peers.py FORM.pdf [SECONDS]          papers a second of CPU, one thread
       peers.py FORM.pdf --words FILE       the words, for peer_podofo: page, x, y, size, text

Of the paper only the words are drawn: no rules, no fields, no QR code. Needs poppler-utils and python3-reportlab (Debian).
"""
import html
import io
import re
import subprocess
import sys
import time

FONT = "/usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf"


def words_of(form):
    """[(page, x, y of the baseline from below, size, text)]"""
    found, page = [], -1
    listing = subprocess.run(["pdftotext", "-bbox", form, "-"], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        if "<page " in line:
            page += 1
            height = float(re.search(r'height="([\d.]+)"', line)[1])
        word = re.search(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">(.*)</word>', line)
        if word:
            x, top, bottom = (float(word[i]) for i in (1, 2, 3))
            found.append((page, x, height - bottom + 0.2 * (bottom - top), 10.5, html.unescape(word[4])))
    return found


def main():
    words = words_of(sys.argv[1])
    if len(sys.argv) > 3:
        with open(sys.argv[3], "w", encoding="utf-8") as out:
            for page, x, y, size, text in words:
                out.write(f"{page} {x:.2f} {y:.2f} {size} {text}\n")
        return
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen import canvas

    pdfmetrics.registerFont(TTFont("kai", FONT))

    def paper():
        out = io.BytesIO()
        sheet, at = canvas.Canvas(out, pagesize=A4, pageCompression=1), 0
        sheet.setFont("kai", 10.5)
        for page, x, y, size, text in words:
            while at < page:
                sheet.showPage()
                sheet.setFont("kai", size)
                at += 1
            sheet.drawString(x, y, text)
        sheet.save()
        return out.getvalue()

    size, made, start = len(paper()), 0, time.process_time()
    while time.process_time() < start + seconds:
        paper()
        made += 1
    rate = made / (time.process_time() - start)
    print(f"reportlab: {rate:.1f} a second, {size / 1024:.0f} KB, {len(words)} words, {words[-1][0] + 1} pages")


main()
