"""The language of the texts that people read.

The texts in the code are English. A catalogue of another language, made with the tools of GNU
gettext, is a file `data/locale/LANGUAGE/LC_MESSAGES/darksocial.mo`; the variables LANGUAGE, LC_ALL,
LC_MESSAGES and LANG choose it. A module writes

    from darksocial.language import gettext as _
    from darksocial.language import ngettext

    _("{path} is not a folder.").format(path=path)
    ngettext("{n:,} visit", "{n:,} visits", n).format(n=n)

so that a translator sees the whole sentence, and can put its values in another order.
"""

from gettext import translation
from pathlib import Path

CATALOGUES = Path(__file__).parent / "data" / "locale"

_catalogue = translation("darksocial", CATALOGUES, fallback=True)
gettext = _catalogue.gettext
ngettext = _catalogue.ngettext
