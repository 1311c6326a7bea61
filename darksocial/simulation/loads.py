"""What the pages of a site load beside their styles, scripts and fonts."""

from zlib import crc32

from darksocial.simulation.site import Page

FRAME = ("/frames/player", 1_870)
READER_SETTINGS = ("/settings/reader", 412)


class Loads:
    """Pages load images whose addresses end in .webp and the like."""

    def loaded_by(self, page: Page) -> tuple[tuple[str, int], ...]:
        """Return what a view of the page loads: paths and sizes in bytes."""
        return page.images


class BareLoads(Loads):
    """Nothing that pages load has an ending: images, a frame, and what a script asks for."""

    def loaded_by(self, page: Page) -> tuple[tuple[str, int], ...]:
        """Return what a view of the page loads: paths and sizes in bytes."""
        images = ((f"/image/{crc32(path.encode()):08x}", size) for path, size in page.images)
        return (*images, FRAME, READER_SETTINGS)
