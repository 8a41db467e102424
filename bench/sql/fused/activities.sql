-- Activities by the day they took place, and demos and meetings by the day they were agreed.
WITH held AS (
    SELECT period, rep, team, region,
           count(*) FILTER (WHERE kind IN ('call', 'email', 'meeting', 'demo', 'onboarding', 'trial', 'visit', 'message', 'other')
                            AND linked) AS interactions,
           count(*) FILTER (WHERE kind = 'call') AS calls,
           count(*) FILTER (WHERE kind = 'email' AND (direction IS NULL OR direction = 'out')) AS emails,
           count(*) FILTER (WHERE kind = 'meeting') AS meetings,
           count(*) FILTER (WHERE kind = 'demo') AS demos,
           count(*) FILTER (WHERE kind IN ('onboarding', 'trial')) AS onboardings,
           count(*) FILTER (WHERE kind = 'email' AND direction = 'out') AS sent,
           count(*) FILTER (WHERE kind = 'email' AND direction = 'out' AND replied_on - occurred_on BETWEEN 0 AND 14) AS replied,
           count(*) FILTER (WHERE (kind = 'call' AND is_connected) OR kind = 'meeting') AS conversations
    FROM (SELECT d.period, v.kind, v.direction, v.replied_on, v.occurred_on, v.is_connected,
                 coalesce(v.lead_id, v.account_id, v.contact_id, v.opportunity_id) IS NOT NULL AS linked,
                 coalesce(v.rep_id, 'unassigned') AS rep, coalesce(r.team_id, 'unassigned') AS team,
                 coalesce(a.region_id, r.region_id, 'unassigned') AS region
          FROM activities v JOIN days d ON d.day = v.occurred_on
          LEFT JOIN reps r ON r.id = v.rep_id LEFT JOIN accounts a ON a.id = v.account_id
          WHERE v.deleted_at IS NULL AND (v.status IS NULL OR v.status = 'done') AND d.asked) held
    GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region))
), agreed AS (
    SELECT period, rep, team, count(*) AS booked,
           count(*) FILTER (WHERE kind = 'demo' AND (status IS NULL OR status NOT IN ('cancelled', 'no_show'))) AS secured
    FROM (SELECT d.period, v.kind, v.status, coalesce(v.rep_id, 'unassigned') AS rep, coalesce(r.team_id, 'unassigned') AS team
          FROM activities v JOIN days d ON d.day = coalesce(v.booked_on, v.created_on) LEFT JOIN reps r ON r.id = v.rep_id
          WHERE v.deleted_at IS NULL AND v.kind IN ('demo', 'meeting') AND d.asked) agreed
    GROUP BY GROUPING SETS ((period), (period, rep), (period, team))
)
SELECT coalesce(v.period, g.period) AS period, coalesce(v.rep, g.rep) AS rep, coalesce(v.team, g.team) AS team, v.region,
       v.interactions AS "activity.interactions", v.calls AS "activity.calls_per_rep/calls",
       CASE WHEN v.rep IS NULL THEN v.calls::DOUBLE PRECISION / nullif(h.active, 0) ELSE v.calls END AS "activity.calls_per_rep",
       CASE WHEN v.rep IS NULL THEN v.emails::DOUBLE PRECISION / nullif(h.active, 0) ELSE v.emails END AS "activity.emails_per_rep",
       v.meetings AS "activity.meetings", v.demos AS "activity.demo_calls", v.onboardings AS "activity.onboarding_calls",
       v.replied::DOUBLE PRECISION / nullif(v.sent, 0) AS "activity.email_reply_rate", g.booked AS "activity.meetings_booked",
       coalesce(g.secured, 0)::DOUBLE PRECISION / nullif(v.conversations, 0) AS "conversion.conversation_to_demo"
FROM held v
FULL JOIN agreed g ON g.period = v.period AND coalesce(g.rep, '') = coalesce(v.rep, '') AND coalesce(g.team, '') = coalesce(v.team, '')
                   AND coalesce(v.region, '') = ''
LEFT JOIN heads h ON h.period = v.period AND h.rep IS NULL AND h.region IS NULL AND v.rep IS NULL AND v.region IS NULL
                 AND coalesce(h.team, '') = coalesce(v.team, '')
