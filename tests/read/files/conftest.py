"""Small files of an invented world, made by code: a PDF writer of thirty lines, and the others."""

import io
import zipfile
from email.message import EmailMessage

import docx
import openpyxl
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from ashiato.core.sources import Intake, Source

HARBOUR = (
    "The Harbour Police said that Mr. Milo Sato rented the server vps-1042 from Ostra Hosting."
)


def intake(path: str = "evidence/file") -> Intake:
    return Intake("e" * 64, path, Source("bay-herald", "Bay Herald", "outlet"))


def pdf(*pages: list[str], invisible: str = "") -> bytes:
    """Write pages of lines, 14 points apart; nobody sees ``invisible``."""
    count = len(pages)
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(count))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {count} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, lines in enumerate(pages):
        shown = " ".join(f"({line}) Tj T*" for line in lines)
        body = f"BT /F1 11 Tf 14 TL 72 700 Td {shown} 3 Tr ({invisible}) Tj ET"
        box = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {5 + 2 * number} 0 R >>")
        objects.append(f"<< /Length {len(body)} >>\nstream\n{body}\nendstream")
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{len(written)}\n%%EOF\n"
    return written + f"xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode()


def word(*paragraphs: str, cell: str = "", deleted: str = "") -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if cell:
        document.add_table(1, 1).rows[0].cells[0].text = cell
    if deleted:
        mark, run, text = (OxmlElement(name) for name in ("w:del", "w:r", "w:delText"))
        text.text = deleted
        text.set(qn("xml:space"), "preserve")
        run.append(text)
        mark.append(run)
        document.paragraphs[0]._p.append(mark)
    return _saved(document)


def workbook(cells: dict[str, str]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Hosts"
    for place, value in cells.items():
        book.active[place] = value
    return _saved(book)


def _saved(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # type: ignore[attr-defined] # both libraries are untyped and save alike
    return out.getvalue()


def mail(body: str, attachments: dict[str, bytes]) -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Ann <ann@bay.example>", "desk@herald.example"
    message["Subject"], message["Date"] = "Report", "Mon, 21 Apr 2031 09:00:00 +0900"
    message["Message-ID"] = "<1@bay.example>"
    message.set_content(body)
    for name, data in attachments.items():
        message.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


def archive(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in members.items():
            packed.writestr(name, data)
    return out.getvalue()
