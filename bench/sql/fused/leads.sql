-- Leads by the day they came in: their answers, when they were contacted, and what became of them.
WITH of_leads AS (
    SELECT lead_id, bool_or(status = 'won') AS won
    FROM (SELECT o.lead_id, o.status FROM opportunities o WHERE o.deleted_at IS NULL AND o.lead_id IS NOT NULL
          UNION ALL
          SELECT l.id, o.status FROM leads l JOIN opportunities o ON o.id = l.opportunity_id WHERE o.deleted_at IS NULL) pairs
    GROUP BY lead_id
), contacted AS (
    SELECT v.lead_id, min(v.occurred_on) AS first_on
    FROM activities v JOIN leads l ON l.id = v.lead_id AND v.occurred_on >= l.created_on
    WHERE v.deleted_at IS NULL AND v.direction = 'out' AND (v.status IS NULL OR v.status = 'done')
    GROUP BY v.lead_id
), measured AS (
    SELECT period,
           CASE WHEN rep IS NOT NULL THEN 'rep' WHEN team IS NOT NULL THEN 'team' WHEN region IS NOT NULL THEN 'region'
                WHEN source IS NOT NULL THEN 'source' ELSE '' END AS dimension,
           coalesce(rep, team, region, source, '') AS member, count(*) AS leads,
           count(*) FILTER (WHERE became) AS became, count(*) FILTER (WHERE won) AS won, count(*) FILTER (WHERE reached) AS reached,
           count(*) FILTER (WHERE qualified) AS qualified
    FROM (SELECT d.period, coalesce(w.won, false) AS won, c.first_on - l.created_on <= 7 AS reached,
                 l.budget = 'yes' AND l.authority = 'yes' AND l.need = 'yes' AND l.timing = 'yes' AS qualified,
                 l.converted_on IS NOT NULL OR coalesce(l.status_kind = 'converted', false) OR w.lead_id IS NOT NULL
                     OR (l.opportunity_id IS NOT NULL AND n.deleted_at IS NULL) AS became,
                 coalesce(l.rep_id, 'unassigned') AS rep, coalesce(r.team_id, 'unassigned') AS team,
                 coalesce(l.region_id, a.region_id, r.region_id, 'unassigned') AS region, coalesce(l.source, 'unassigned') AS source
          FROM leads l JOIN days d ON d.day = l.created_on
          LEFT JOIN of_leads w ON w.lead_id = l.id LEFT JOIN contacted c ON c.lead_id = l.id
          LEFT JOIN opportunities n ON n.id = l.opportunity_id
          LEFT JOIN reps r ON r.id = l.rep_id LEFT JOIN accounts a ON a.id = l.account_id
          WHERE l.deleted_at IS NULL AND (d.asked OR d.is_before)) leads
    GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region), (period, source))
)
SELECT t.period, m.dimension, m.member, n.leads AS "pipeline.new_leads",
       (coalesce(n.leads, 0) - b.leads)::DOUBLE PRECISION / nullif(b.leads, 0) AS "pipeline.new_leads/change",
       n.became::DOUBLE PRECISION / nullif(n.leads, 0) AS "pipeline.new_leads/conversion",
       n.became::DOUBLE PRECISION / nullif(n.leads, 0) AS "pipeline.opportunity_to_lead_ratio",
       n.won::DOUBLE PRECISION / nullif(n.leads, 0) AS "conversion.lead_to_sale",
       n.reached::DOUBLE PRECISION / nullif(n.leads, 0) AS "pipeline.lead_contact_rate",
       n.qualified::DOUBLE PRECISION / nullif(n.leads, 0) AS "pipeline.lead_qualification_rate"
FROM (SELECT DISTINCT dimension, member FROM measured) m CROSS JOIN (SELECT period FROM periods WHERE asked) t
LEFT JOIN measured n ON n.period = t.period AND n.dimension = m.dimension AND n.member = m.member
LEFT JOIN measured b ON b.period = t.period - 1 AND b.dimension = m.dimension AND b.member = m.member
