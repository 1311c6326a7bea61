"""`evaluate --mask`: an analysis of logs in which some known origins were hidden first.

What is hidden and what it shows: darksocial/evaluation/hiding.py.
"""

from darksocial import arguments
from darksocial.analysis import ask_noted
from darksocial.evaluation.hiding import COMPARED, Masked, compared, with_hidden_origins
from darksocial.pipeline import analyze
from darksocial.reading.progress import Watch
from darksocial.settings import ReadSettings, Settings

MASKING_SECRET = "masked"
"""Fixed, so that the same visits are hidden in every run; nothing that it keys is written."""


def evaluate_masked(
    names: arguments.Names,
    *,
    read: ReadSettings | None = None,
    settings: Settings | None = None,
    watch: Watch | None = None,
) -> Masked:
    """Analyse logs with one in five known origins hidden, and compare them with the judgement.

    Parameters and errors are those of `analyze`; InputError also if no origin is known.
    """
    with analyze(
        names,
        read=read,
        settings=settings,
        secret=MASKING_SECRET,
        watch=watch,
        alter=with_hidden_origins,
    ) as analysis:
        total = ask_noted(
            analysis,
            lambda visits: visits.agg(sessions=visits.count(), known=visits.origin.count()),
        ).to_pylist()[0]
        hidden = ask_noted(analysis, lambda visits: visits.filter(visits.hidden).select(*COMPARED))
    return compared(total["sessions"], total["known"], hidden.to_pandas())
