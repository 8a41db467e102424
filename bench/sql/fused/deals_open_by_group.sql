-- The same by product group.
SELECT period, product_group, sum(amount_base) AS "pipeline.open_pipeline",
       sum(round_even(amount_base * probability, 4)) AS "pipeline.open_pipeline/weighted"
FROM (SELECT o.period, o.probability, coalesce(o.product_group, g.product_group, 'unassigned') AS product_group,
             CASE WHEN g.whole IS NULL THEN o.amount_base
                  WHEN o.amount_base = g.whole THEN g.weight
                  ELSE CASE WHEN g.upto = g.whole THEN o.amount_base
                            ELSE round(o.amount_base * g.upto / g.whole, 4)::DECIMAL(18, 4) END
                       - round(o.amount_base * (g.upto - g.weight) / g.whole, 4)::DECIMAL(18, 4) END::DECIMAL(18, 4) AS amount_base
      FROM (SELECT t.period, o.id, o.amount_base, coalesce(o.probability, s.probability) AS probability,
                   coalesce(o.product_group, p.product_group) AS product_group
            FROM opportunities o JOIN periods t ON o.created_on < t.beyond AND (o.closed_on IS NULL OR o.closed_on >= t.beyond)
            LEFT JOIN products p ON p.id = o.product_id LEFT JOIN stages s ON s.id = o.stage_id
            WHERE o.deleted_at IS NULL AND (o.status = 'open' OR o.closed_on IS NOT NULL) AND t.asked) o
      LEFT JOIN line_groups g ON g.opportunity_id = o.id AND o.product_group IS NULL) deals
GROUP BY period, product_group
