create table fleet_state (
	name    text        primary key,
	version bigint      not null,
	data    bytea       not null,
	written timestamptz not null
);
