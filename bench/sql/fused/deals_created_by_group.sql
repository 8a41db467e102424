-- The same by product group.
SELECT d.period, coalesce(o.product_group, p.product_group, g.product_group, 'unassigned') AS product_group,
       count(*) AS "pipeline.opportunities",
       count(*) FILTER (WHERE origin = 'rep') AS "pipeline.self_sourced_opportunities"
FROM opportunities o JOIN days d ON d.day = o.created_on
LEFT JOIN products p ON p.id = o.product_id
LEFT JOIN line_groups g ON g.opportunity_id = o.id AND coalesce(o.product_group, p.product_group) IS NULL
WHERE o.deleted_at IS NULL AND d.asked
GROUP BY 1, 2
