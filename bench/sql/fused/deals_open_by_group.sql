-- The same by product group.
WITH open_deals AS (
    SELECT o.id, o.created_on, o.closed_on, o.amount_base, coalesce(o.probability, s.probability) AS probability,
           coalesce(o.product_group, p.product_group) AS product_group
    FROM opportunities o LEFT JOIN products p ON p.id = o.product_id LEFT JOIN stages s ON s.id = o.stage_id
    WHERE o.deleted_at IS NULL AND (o.status = 'open' OR o.closed_on IS NOT NULL)
      AND (o.closed_on IS NULL OR o.closed_on >= (SELECT min(beyond) FROM periods WHERE asked))
), shared AS (
    SELECT o.created_on, o.closed_on, o.probability, coalesce(o.product_group, g.product_group, 'unassigned') AS product_group,
           CASE WHEN g.whole IS NULL THEN o.amount_base
                WHEN o.amount_base = g.whole THEN g.weight
                ELSE CASE WHEN g.upto = g.whole THEN o.amount_base
                          ELSE round(o.amount_base * g.upto / g.whole, 4)::DECIMAL(18, 4) END
                     - round(o.amount_base * (g.upto - g.weight) / g.whole, 4)::DECIMAL(18, 4) END::DECIMAL(18, 4) AS amount_base
    FROM open_deals o LEFT JOIN line_groups g ON g.opportunity_id = o.id AND o.product_group IS NULL
), weighed AS (
    SELECT *, round_even(amount_base * probability, 4) AS weighted FROM shared
)
SELECT p.period, d.product_group, sum(d.amount_base) AS "pipeline.open_pipeline", sum(d.weighted) AS "pipeline.open_pipeline/weighted"
FROM weighed d JOIN periods p ON p.asked AND d.created_on < p.beyond AND (d.closed_on IS NULL OR d.closed_on >= p.beyond)
GROUP BY p.period, d.product_group
