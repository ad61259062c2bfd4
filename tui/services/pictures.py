"""The images of jobs as a person looks at them: their files here, and small pictures of them."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core.job import Saved
from tui.core.picture import Drawing, Picture, Wish
from tui.services.decode import Decoder
from tui.services.gallery import Gallery
from tui.services.places import Places
from tui.services.store.originals import ORIGINALS, Originals
from tui.services.store.store import Store
from tui.services.thumbnails import Thumbnails

if TYPE_CHECKING:
    from tui.services.images import Images


class Pictures:
    """Knows the store of images that are in buckets; keeps images, copies and thumbnails.

    Belongs to the event loop of its decoder.
    """

    def __init__(self, decoder: Decoder, places: Places, environ: Mapping[str, str]) -> None:
        self._decoder = decoder
        self._places = places
        self.store = Store(environ)
        self.is_looked_at = False  # what goes into a bucket is then kept here, too, for a while
        self.originals = Originals(places.data / ORIGINALS, self.store)
        self._thumbnails = Thumbnails(decoder, places.thumbnails, self.originals.local)

    def gallery(self, images: "Images", told: Callable[[str], str] = str) -> Gallery:
        """Return what keeps images that come from there; `told` makes notes fit for others."""
        places = self._places
        return Gallery(
            images,
            self._decoder,
            places.quarantine,
            places.spool,
            store=self.store,
            let_go=self._let_go,
            told=told,
        )

    def _let_go(self, file: Path, saved: Saved) -> None:
        if self.is_looked_at:
            self.originals.adopt(saved.path, saved.sha256, file)
        file.unlink(missing_ok=True)

    async def thumbnail(self, place: str, sha256: str, wish: Wish) -> Picture | Drawing:
        """Return a small picture of an image; see Thumbnails.get."""
        return await self._thumbnails.get(place, sha256, wish)
