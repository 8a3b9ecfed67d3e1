# SPDX-License-Identifier: GPL-3.0-or-later
"""A server on this machine that answers in the form of the Art Institute of Chicago and of The Met."""

import json
import pathlib

from model_server import ModelServer

MUSEUMS = json.loads((pathlib.Path(__file__).parents[2] / "data" / "museums.json").read_text())
WAVE = {"_score": 9.5, "id": 24645, "title": "Under the Wave off Kanagawa", "artist_display": "Katsushika Hokusai\nJapanese, 1760-1849",
        "date_display": "1830/33", "image_id": "b3974542-b9b4", "is_public_domain": True}
WAVE_LINE = "Under the Wave off Kanagawa, Katsushika Hokusai, Japanese, 1760-1849, 1830/33 (Art Institute of Chicago, CC0 1.0)"
WAVE_PICTURE = "/iiif/2/b3974542-b9b4/full/1686,/0/default.jpg"
WAVE_THUMBNAIL = "/iiif/2/b3974542-b9b4/full/200,/0/default.jpg"


class MuseumServer(ModelServer):
    """`artic` answers at the paths of one museum, `met` at those of the other; `answers` holds bodies, statuses or functions by path."""

    def __init__(self):
        super().__init__(b"")
        self.answers = {}
        self.answer = self.answer_as_museums

    def write_museums(self, path, **changes):
        """The ones that are installed, at this machine's addresses."""
        text = json.dumps({key: {**museum, **changes} for key, museum in MUSEUMS.items()})
        for host in ("api.artic.edu", "www.artic.edu", "collectionapi.metmuseum.org"):
            text = text.replace(f"https://{host}", self.origin)
        path.write_text(text)

    def artic(self, works):
        self.answers["/api/v1/artworks/search"] = {"preference": None, "pagination": {"total": len(works)}, "data": list(works.values())}
        for number, work in works.items():
            self.answers[f"/api/v1/artworks/{number}"] = {"data": work, "info": {"license_text": "…"}}

    def met(self, works):
        self.answers["/public/collection/v1/search"] = {"total": len(works), "objectIDs": list(works) or None}
        for number, work in works.items():
            self.answers[f"/public/collection/v1/objects/{number}"] = work

    def met_work(self, number, **other):
        return {"objectID": number, "isPublicDomain": True, "primaryImage": self.origin + "/CRDImages/ep/DT 1502.jpg",
                "primaryImageSmall": self.origin + "/small.jpg", "title": "Self-Portrait with a Straw Hat",
                "artistDisplayName": "Vincent van Gogh", "objectDate": "1887",
                "objectURL": f"https://www.metmuseum.org/art/collection/search/{number}", **other}

    def answer_as_museums(self, request):
        body = self.answers.get(request.path.split("?")[0].replace("%20", " "), 404)
        if callable(body):
            body(request)
        elif isinstance(body, int):
            self.refuse(request, body)
        else:
            self.content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send(request)
        return True
