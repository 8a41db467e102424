-- Order lines by the day of their order, with the month before and the year before.
WITH lines AS MATERIALIZED (
    SELECT d.period, l.order_id, l.amount_base, l.cost_base, l.quantity, coalesce(o.rep_id, 'unassigned') AS rep,
           coalesce(o.team_id, r.team_id, 'unassigned') AS team,
           coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region,
           coalesce(o.source, 'unassigned') AS source, coalesce(p.product_group, 'unassigned') AS product_group
    FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN days d ON d.day = o.ordered_on
    LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id LEFT JOIN products p ON p.id = l.product_id
    WHERE l.deleted_at IS NULL AND o.deleted_at IS NULL AND o.status <> 'cancelled'
), sums AS (
    SELECT period,
           CASE WHEN rep IS NOT NULL THEN 'rep' WHEN team IS NOT NULL THEN 'team' WHEN region IS NOT NULL THEN 'region'
                WHEN source IS NOT NULL THEN 'source' WHEN product_group IS NOT NULL THEN 'product_group' ELSE '' END AS dimension,
           coalesce(rep, team, region, source, product_group, '') AS member,
           coalesce(sum(amount_base), 0) AS revenue, sum(quantity) AS units,
           coalesce(sum(amount_base) FILTER (WHERE cost_base IS NOT NULL), 0) AS costed,
           coalesce(sum(cost_base) FILTER (WHERE amount_base IS NOT NULL), 0) AS cost
    FROM lines
    GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region), (period, source), (period, product_group))
), counts AS (
    -- An order has one rep, team and region, so that orders are counted once instead of telling lines apart.
    SELECT period, CASE WHEN rep IS NOT NULL THEN 'rep' WHEN region IS NOT NULL THEN 'region' ELSE '' END AS dimension,
           coalesce(rep, region, '') AS member, NULL::BIGINT AS orders, count(*) FILTER (WHERE priced) AS priced
    FROM (SELECT min(period) AS period, min(rep) AS rep, min(region) AS region, bool_or(amount_base IS NOT NULL) AS priced
          FROM lines GROUP BY order_id) orders
    GROUP BY GROUPING SETS ((period), (period, rep), (period, region))
    UNION ALL
    SELECT period, 'product_group', product_group, count(*), count(*) FILTER (WHERE priced)
    FROM (SELECT period, product_group, bool_or(amount_base IS NOT NULL) AS priced
          FROM lines GROUP BY period, product_group, order_id) orders
    GROUP BY period, product_group
), measured AS (
    SELECT s.*, c.orders, c.priced
    FROM sums s LEFT JOIN counts c ON c.period = s.period AND c.dimension = s.dimension AND c.member = s.member
), spine AS (
    SELECT t.period, m.dimension, m.member
    FROM (SELECT DISTINCT dimension, member FROM measured) m CROSS JOIN (SELECT period FROM periods WHERE asked) t
), side_by_side AS (
    SELECT s.period, s.dimension, s.member, n.units, n.orders, n.priced, n.costed, n.cost, n.revenue, t.revenue AS whole,
           coalesce(n.revenue, 0) AS now, nullif(b.revenue, 0) AS before, nullif(y.revenue, 0) AS year_before,
           coalesce(n.costed - n.cost, 0) AS profit, nullif(b.costed - b.cost, 0) AS profit_before,
           h.active, h.at_start + h.at_end AS heads
    FROM spine s
    LEFT JOIN measured n ON n.period = s.period AND n.dimension = s.dimension AND n.member = s.member
    LEFT JOIN measured b ON b.period = s.period - 1 AND b.dimension = s.dimension AND b.member = s.member
    LEFT JOIN measured y ON y.period = s.period - 12 AND y.dimension = s.dimension AND y.member = s.member
    LEFT JOIN measured t ON t.period = s.period AND t.dimension = ''
    LEFT JOIN heads h ON h.period = s.period AND CASE s.dimension WHEN '' THEN coalesce(h.rep, h.team, h.region) IS NULL
                              WHEN 'team' THEN h.team = s.member WHEN 'region' THEN h.region = s.member END
)
SELECT period, dimension, member, revenue AS "revenue.revenue", units AS "revenue.units_sold",
       CASE WHEN dimension = 'product_group' THEN orders END AS "revenue.orders",
       revenue::DOUBLE PRECISION / nullif(priced, 0) AS "revenue.average_order_value",
       (costed - cost)::DOUBLE PRECISION / nullif(costed, 0) AS "revenue.profit_margin",
       costed::DOUBLE PRECISION / nullif(revenue, 0) AS "revenue.profit_margin/cost_known",
       profit AS "revenue.gross_profit", (profit - profit_before)::DOUBLE PRECISION / profit_before AS "revenue.gross_profit/growth",
       (now - before)::DOUBLE PRECISION / before AS "revenue.sales_growth",
       (now - year_before)::DOUBLE PRECISION / year_before AS "revenue.sales_growth_yoy",
       now AS "revenue.sales_by_region", now::DOUBLE PRECISION / nullif(whole, 0) AS "revenue.sales_by_region/share",
       (now - before)::DOUBLE PRECISION / before AS "revenue.sales_by_region/growth",
       CASE WHEN dimension = 'rep' THEN now ELSE now::DOUBLE PRECISION / nullif(active, 0) END AS "revenue.sales_per_rep",
       now::DOUBLE PRECISION * 2 / nullif(heads, 0) AS "revenue.revenue_per_head"
FROM side_by_side
