-- Deals open at the period's end.
WITH deals AS (
    SELECT o.created_on, o.closed_on, o.amount_base, coalesce(o.rep_id, 'unassigned') AS rep,
           coalesce(o.team_id, r.team_id, 'unassigned') AS team, coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region,
           round_even(o.amount_base * coalesce(o.probability, s.probability), 4) AS weighted
    FROM opportunities o
    LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN stages s ON s.id = o.stage_id
    WHERE o.deleted_at IS NULL AND (o.status = 'open' OR o.closed_on IS NOT NULL)
      AND (o.closed_on IS NULL OR o.closed_on >= (SELECT min(beyond) FROM periods WHERE asked))
), measured AS (
    SELECT p.period, d.rep, d.team, d.region, count(*) AS deals, sum(d.amount_base) AS amount, sum(d.weighted) AS weighted
    FROM deals d JOIN periods p ON p.asked AND d.created_on < p.beyond AND (d.closed_on IS NULL OR d.closed_on >= p.beyond)
    GROUP BY GROUPING SETS ((p.period), (p.period, d.rep), (p.period, d.team), (p.period, d.region))
)
SELECT o.period, o.rep, o.team, o.region,
       o.amount AS "pipeline.open_pipeline", o.weighted AS "pipeline.open_pipeline/weighted",
       CASE WHEN o.rep IS NULL THEN o.deals::DOUBLE PRECISION / nullif(h.active, 0) ELSE o.deals END AS "pipeline.open_opportunities_per_rep"
FROM measured o
LEFT JOIN heads h ON h.period = o.period AND h.rep IS NULL AND h.region IS NULL AND o.region IS NULL
                 AND coalesce(h.team, '') = coalesce(o.team, '') AND o.rep IS NULL
