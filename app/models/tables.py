"""The list of all tables, in the order in which they can be made."""

from app.models.approvals import Approval
from app.models.batches import Batch, BatchLine
from app.models.blobs import Blob, Photo
from app.models.contents import Content
from app.models.copy_links import CopyLink
from app.models.customers import Appliance, Customer
from app.models.days import DayClose, Receiving
from app.models.documents import Document, GivenNumber, Number, Reprint
from app.models.doubts import Doubt
from app.models.identity_cards import IdentityCard
from app.models.inbox import Cursor, InboxEntry
from app.models.norms import NormDraft, NormEdit, NormRelease
from app.models.outlets import Outlet
from app.models.past_repairs import PastConsult, PastRepair
from app.models.people import Person
from app.models.records import Record, RecordBody
from app.models.retention import RetentionRun
from app.models.sessions import Session, SignInAttempt
from app.models.stock import Loaner
from app.models.tasks import FollowUp, Task
from app.models.visits import Visit
from app.models.work_orders import WorkOrder
from app.models.workshop import WorkshopEntry, WorkshopItem

TABLES = [
    Outlet, Person, Session, SignInAttempt, Content, Customer, Appliance, WorkOrder, Visit, Record, RecordBody,
    InboxEntry, Cursor, Blob, Photo, Task, FollowUp, Document, Reprint, Number, GivenNumber, Loaner, IdentityCard, Approval,
    RetentionRun, PastRepair, PastConsult, NormDraft, NormEdit, NormRelease,
    Receiving, DayClose, Doubt, Batch, BatchLine, CopyLink,
    WorkshopItem, WorkshopEntry,
]  # fmt: skip
