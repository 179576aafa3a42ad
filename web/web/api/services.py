"""All five services as one user sees them."""

from dataclasses import dataclass
from functools import cached_property

from web.api.caller import Caller
from web.api.catalog import Catalog
from web.api.checkup import Checkup
from web.api.checkup_people import CheckupPeople
from web.api.dossiers import Dossiers
from web.api.inquiries import Inquiries
from web.api.insights import SearchReports
from web.api.invitations import Invitations
from web.api.media import MediaFiles
from web.api.notify import Notify
from web.api.open_data import OpenDataFiles
from web.api.personal_data import OwnData
from web.api.publiccode import Publiccode
from web.api.requirement_profiles import RequirementProfiles
from web.api.review import Review
from web.api.saved_searches import Saved
from web.api.search import Search
from web.api.uses import Uses
from web.api.versions import History
from web.api.watchlists import Watchlists


@dataclass(frozen=True)
class Services:
    """The clients, sharing one caller and so one user."""

    call: Caller

    @cached_property
    def catalog(self) -> Catalog:
        return Catalog(self.call)

    @cached_property
    def history(self) -> History:
        return History(self.call)

    @cached_property
    def media(self) -> MediaFiles:
        return MediaFiles(self.call)

    @cached_property
    def uses(self) -> Uses:
        return Uses(self.call)

    @cached_property
    def open_data(self) -> OpenDataFiles:
        return OpenDataFiles(self.call)

    @cached_property
    def publiccode(self) -> Publiccode:
        return Publiccode(self.call)

    @cached_property
    def dossiers(self) -> Dossiers:
        return Dossiers(self.call)

    @cached_property
    def requirement_profiles(self) -> RequirementProfiles:
        return RequirementProfiles(self.call)

    @cached_property
    def watchlists(self) -> Watchlists:
        return Watchlists(self.call)

    @cached_property
    def inquiries(self) -> Inquiries:
        return Inquiries(self.call)

    @cached_property
    def invitations(self) -> Invitations:
        return Invitations(self.call)

    @cached_property
    def review(self) -> Review:
        return Review(self.call)

    @cached_property
    def checkup(self) -> Checkup:
        return Checkup(self.call)

    @cached_property
    def checkup_people(self) -> CheckupPeople:
        return CheckupPeople(self.call)

    @cached_property
    def search(self) -> Search:
        return Search(self.call)

    @cached_property
    def saved_searches(self) -> Saved:
        return Saved(self.call)

    @cached_property
    def search_reports(self) -> SearchReports:
        return SearchReports(self.call)

    @cached_property
    def own_data(self) -> OwnData:
        return OwnData(self.call)

    @cached_property
    def notify(self) -> Notify:
        return Notify(self.call)
