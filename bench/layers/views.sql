-- What both semantic layers read: the raw tables, with the columns that they group by beside each row.
CREATE VIEW deals AS
SELECT o.id, o.closed_on, o.created_on, o.status, o.amount_base, coalesce(o.rep_id, 'unassigned') AS rep,
       coalesce(o.team_id, r.team_id, 'unassigned') AS team, coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region,
       coalesce(o.source, 'unassigned') AS source, coalesce(o.channel, 'unassigned') AS channel
FROM opportunities o LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id
WHERE o.deleted_at IS NULL;

CREATE VIEW sold_lines AS
SELECT l.id, o.ordered_on, l.amount_base, coalesce(o.rep_id, 'unassigned') AS rep,
       coalesce(o.team_id, r.team_id, 'unassigned') AS team, coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region,
       coalesce(o.source, 'unassigned') AS source, coalesce(o.channel, 'unassigned') AS channel
FROM order_lines l JOIN orders o ON o.id = l.order_id LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id
WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.status <> 'cancelled';

CREATE VIEW new_leads AS
SELECT l.id, l.created_on, coalesce(l.budget = 'yes' AND l.authority = 'yes' AND l.need = 'yes' AND l.timing = 'yes', false) AS is_qualified,
       coalesce(l.rep_id, 'unassigned') AS rep, coalesce(r.team_id, 'unassigned') AS team,
       coalesce(l.region_id, a.region_id, r.region_id, 'unassigned') AS region, coalesce(l.source, 'unassigned') AS source,
       coalesce(l.channel, 'unassigned') AS channel
FROM leads l LEFT JOIN reps r ON r.id = l.rep_id LEFT JOIN accounts a ON a.id = l.account_id
WHERE l.deleted_at IS NULL;
