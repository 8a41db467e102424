-- Deals without a product of their own belong to the product groups of their lines, with their share of the money.
CREATE TEMP TABLE line_groups AS
SELECT opportunity_id, product_group, weight, sum(weight) OVER (PARTITION BY opportunity_id ORDER BY product_group) AS upto,
       sum(weight) OVER (PARTITION BY opportunity_id) AS whole
FROM (SELECT opportunity_id, product_group, CASE WHEN sum(amount) OVER (PARTITION BY opportunity_id) = 0 THEN 1 ELSE amount END AS weight
      FROM (SELECT l.opportunity_id, coalesce(p.product_group, 'unassigned') AS product_group, sum(coalesce(l.amount, 0)) AS amount
            FROM opportunity_lines l LEFT JOIN products p ON p.id = l.product_id
            WHERE l.deleted_at IS NULL GROUP BY 1, 2) grouped) weighed
