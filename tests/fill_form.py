"""Fills a form as Poppler's viewers (Evince, Okular) do: fill_form.py in.pdf out.pdf name=value...

A check box takes "on"; a choice its label; a radio "yes" or "no", its first or second box.
"""
import pathlib
import sys

import gi

gi.require_version("Poppler", "0.18")
from gi.repository import Poppler  # noqa: E402

source, target = (pathlib.Path(p).resolve().as_uri() for p in sys.argv[1:3])
values = dict(pair.split("=", 1) for pair in sys.argv[3:])
document = Poppler.Document.new_from_file(source, None)
for number in range(document.get_n_pages()):
    page = document.get_page(number)
    boxes = {}
    for mapping in page.get_form_field_mapping():
        field, name = mapping.field, mapping.field.get_name()
        value = values.get(name)
        if value is None:
            continue
        kind = field.get_field_type().value_nick
        if kind == "text":
            field.text_set_text(value)
        elif kind == "choice":
            labels = [field.choice_get_item(i) for i in range(field.choice_get_n_items())]
            field.choice_select_item(labels.index(value))
        else:
            boxes.setdefault(name, []).append(mapping)
    for name, mappings in boxes.items():
        mappings.sort(key=lambda m: m.area.x1)
        mappings[values[name] == "no"].field.button_set_state(True)
document.save(target)
