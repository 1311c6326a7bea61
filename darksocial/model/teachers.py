"""Whose visits teach the rates of a site: its own, where there are enough."""

from darksocial.engines import Engine
from darksocial.expressions import ibis, ir
from darksocial.model.learning import MIN_VISITS_TO_LEARN
from darksocial.visits.conditions import arrived_direct


def with_teacher(engine: Engine, visits: ir.Table) -> ir.Table:
    """Return the visits with `teacher`: the site if it has enough direct visits to learn from, else
    '', which stands for all others together."""
    direct = visits.filter(arrived_direct(visits), visits.site.notnull())
    counted = direct.group_by("site").agg(n=direct.weight.sum())
    enough = counted.filter(counted.n >= MIN_VISITS_TO_LEARN).order_by("site")
    rows = engine.fetch(enough, "sites with enough visits").to_pylist()
    site = visits.site.fill_null("")
    is_own_teacher = site.isin([row["site"] for row in rows])
    teacher = ibis.ifelse(is_own_teacher, site, ibis.literal(""))
    return engine.view("visits_with_teacher", visits.mutate(teacher=teacher))
