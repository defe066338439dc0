"""The history's tables: what was asked, what was ordered, what came of it, what it cost."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Times are seconds since the epoch (UTC); money is a decimal string; ids are UUID strings.

jobs = Table(
    "jobs",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("space", String(64), nullable=False),
    Column("key_id", String(16)),  # the API key it was asked with; none where no keys are asked for
    Column("kind", String(40), nullable=False),
    Column("status", String(16), nullable=False),
    Column("project", String(200)),
    Column("production_id", String(36), ForeignKey("productions.id")),
    Column(
        "part", String(80)
    ),  # which part of its production: "scenes", "character", "clip/3", "cut"; newer takes "clip/3/2"
    Column("request", JSON, nullable=False),  # as asked, base64 replaced by size and hash
    Column("plan", JSON, nullable=False),  # as resolved: backend, model, parameters used, adjusted, ignored
    Column("result", JSON(none_as_null=True)),  # facts without URLs; rendered when read
    Column("error", JSON(none_as_null=True)),  # a Fault
    Column("warnings", JSON, nullable=False),
    Column("estimated_usd", String(24), nullable=False),
    Column("reserved_usd", String(24), nullable=False),
    Column("actual_usd", String(24)),
    Column("total", Integer, nullable=False),  # orders it was accepted with
    Column("done", Integer, nullable=False),
    Column("retry_of", String(36)),
    Column("attempt", Integer, nullable=False),
    Column("request_id", String(200)),
    Column("search", Text, nullable=False),  # the words of its texts, see search.py
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("completed_at", Float),
    Column("fingerprint", String(64)),  # of everything that decides what comes out
    Index(None, "space", "created_at"),
    Index(None, "space", "fingerprint"),
    Index(None, "production_id"),
    Index(None, "space", "status", "created_at"),
    Index(None, "space", "kind", "created_at"),
    Index(None, "space", "project", "created_at"),  # last: of several that serve, SQLite takes the newest
    Index(None, "key_id", "status"),
)

orders = Table(
    "orders",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("job_id", String(36), ForeignKey("jobs.id"), nullable=False),
    Column("production_id", String(36)),
    Column("space", String(64), nullable=False),
    Column("key_id", String(16)),  # the API key it was asked with; none where no keys are asked for
    Column("position", Integer, nullable=False),  # place among the orders of its job
    Column("kind", String(40), nullable=False),
    Column("provider", String(40), nullable=False),
    Column("model", String(120), nullable=False),
    Column("account", String(80), nullable=False),
    Column("status", String(16), nullable=False),  # waiting, released, ended
    Column("release", Integer, nullable=False),  # how often it was released; the newest release's number
    Column("body", JSON, nullable=False),  # the Order as it goes on the bus, release aside
    Column("price_usd", String(24), nullable=False),
    Column("not_before", Float, nullable=False),
    Column("cancel_wished", Boolean, nullable=False),
    Column("started", Boolean, nullable=False),  # a worker told us that it had claimed it
    Column("outcome", JSON(none_as_null=True)),  # an Outcome
    Column("created_at", Float, nullable=False),
    Column("released_at", Float),
    Column("started_at", Float),
    Column("ended_at", Float),
    Index(None, "job_id", "position"),
    Index(None, "status", "kind", "provider", "account", "space", "created_at"),
    Index(None, "status", "released_at"),
    Index(None, "model", "ended_at"),
)

productions = Table(
    "productions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("space", String(64), nullable=False),
    Column("key_id", String(16)),  # the API key it was asked with; none where no keys are asked for
    Column("status", String(16), nullable=False),
    Column("stage", String(24), nullable=False),  # writing, clips, cut, done
    Column("project", String(200)),
    Column("title", String(400)),
    Column("request", JSON, nullable=False),
    Column("settings", JSON, nullable=False),  # everything resolved when it was accepted
    Column("reference", JSON(none_as_null=True)),  # the chosen AssetRef
    Column("final_video_id", String(36)),
    Column("error", JSON(none_as_null=True)),
    Column("warnings", JSON, nullable=False),
    Column("budget_usd", String(24)),
    Column("cancel_wished", Boolean, nullable=False),
    Column("request_id", String(200)),
    Column("search", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("started_at", Float),
    Column("completed_at", Float),
    Index(None, "space", "created_at"),
    Index(None, "status"),
)

scenes = Table(
    "scenes",
    metadata,
    Column("production_id", String(36), ForeignKey("productions.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1..N
    Column("version", Integer, primary_key=True),
    Column("scene", JSON, nullable=False),
    Column("clip_job_id", String(36)),
    Column("created_at", Float, nullable=False),
    Column("asks", JSON, nullable=False, server_default="{}"),  # what its clip asks of its own: model, seed, duration
    Column("wanted", Boolean, nullable=False, server_default=true()),  # its clip is made
    Column("basis", Integer),  # the version that is shown until it is, or instead
)

shares = Table(
    "shares",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", String(64), nullable=False),
    Column("production_id", String(36), nullable=False),
    Column("space", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("expires_at", Float, nullable=False),
    UniqueConstraint("token_hash"),
    Index(None, "production_id"),
)

assets = Table(
    "assets",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("space", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # image, clip, conformed, cut, frame, still, scenes, upload, copy
    Column("key", String(400), nullable=False),
    Column("media_type", String(80), nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("facts", JSON, nullable=False),
    Column("job_id", String(36), ForeignKey("jobs.id")),
    Column("production_id", String(36)),
    Column("project", String(200)),
    Column("created_at", Float, nullable=False),
    UniqueConstraint("key"),
    Index(None, "space", "kind", "created_at"),
    Index(None, "job_id"),
)

events = Table(
    "events",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("space", String(64), nullable=False),
    Column("type", String(40), nullable=False),
    Column("job_id", String(36)),
    Column("production_id", String(36)),
    Column("project", String(200)),
    Column("data", JSON, nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "job_id", "seq"),
    Index(None, "production_id", "seq"),
)

counters = Table(
    "counters",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""One row, `events`: the newest seq. Taken last in every transaction, so that seq follows commit order."""

ledger = Table(
    "ledger",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("order_id", String(36), nullable=False),
    Column("job_id", String(36), nullable=False),
    Column("production_id", String(36)),
    Column("space", String(64), nullable=False),
    Column("key_id", String(16)),  # the API key it was asked with; none where no keys are asked for
    Column("project", String(200)),
    Column("entry", String(16), nullable=False),  # reservation, actual, refund
    Column("usd", String(24), nullable=False),
    Column("at", Float, nullable=False),
    Index(None, "job_id"),
    Index(None, "production_id"),
    Index(None, "project"),
    Index(None, "space"),
    Index(None, "key_id", "at"),
    UniqueConstraint("order_id", "entry"),
)

accounts = Table(
    "accounts",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("held_until", Float, nullable=False),  # nothing is released before: a provider said wait
    Column("pace_s", Float, nullable=False, server_default="0"),  # learned: seconds between two orders
    Column("paced_until", Float, nullable=False, server_default="0"),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    Column("space", String(64), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("fingerprint", String(64), nullable=False),
    Column("job_id", String(36)),
    Column("production_id", String(36)),
    Column("created_at", Float, nullable=False),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("space", String(64), primary_key=True),
    Column("secret", String(100), nullable=False),  # signs; has to be known, so it is kept as it is
    Column("url", String(2000)),  # where everything of the space is told, beside what orders name
    Column("previous_secret", String(100)),
    Column("previous_until", Float, nullable=False),
    Column("created_at", Float, nullable=False),  # the secret
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(36), primary_key=True),  # the receiver's webhook-id, the same at every attempt
    Column("space", String(64), nullable=False),
    Column("url", String(2000), nullable=False),
    Column("host", String(255), nullable=False),
    Column("seq", BigInteger, nullable=False),  # the event's
    Column("type", String(40), nullable=False),
    Column("subject", String(36), nullable=False),  # the job or production it tells of
    Column("job_id", String(36)),
    Column("production_id", String(36)),
    Column("status", String(16), nullable=False),  # pending, delivered, failed
    Column("attempts", Integer, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("lease", String(36)),
    Column("leased_until", Float, nullable=False),
    Column("answer", Integer),  # the receiver's last status
    Column("error", String(400)),
    Column("created_at", Float, nullable=False),
    Column("attempted_at", Float),
    Column("ended_at", Float),
    Index(None, "status", "not_before"),
    Index(None, "subject", "seq"),
    Index(None, "space", "created_at"),
)

chores = Table(
    "chores",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("lease", String(36)),  # of the gateway that does it now
    Column("leased_until", Float, nullable=False),
    Column("done_at", Float, nullable=False),
)
"""What one of all gateways does every so often: `sweep`."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", String(16), primary_key=True),  # stands in the key itself: anybody may know it
    Column("hash", String(64), nullable=False),  # SHA-256 of the whole key, which is nowhere
    Column("name", String(64), nullable=False),
    Column("space", String(64), nullable=False),
    Column("created_at", Float, nullable=False),
    Column("revoked_at", Float),
    Column("budget_usd", String(24)),  # of one day
    Column("requests_per_minute", Integer),
    Column("jobs_in_flight", Integer),
)

tickets = Table(
    "tickets",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("space", String(64), nullable=False),
    Column("key_id", String(16)),
    Column("expires_at", Float, nullable=False),
    Index(None, "expires_at"),
)

secrets = Table(
    "secrets",
    metadata,
    Column("name", String(24), primary_key=True),
    Column("value", String(128), nullable=False),
    Column("created_at", Float, nullable=False),
)
"""What all gateways sign with: `media_urls`."""
