-- Orders by their day: how many, and of their customers those that had ordered before the period.
SELECT period, rep, team, region, count(*) AS "revenue.orders",
       count(DISTINCT account_id) FILTER (WHERE first_on < first)::DOUBLE PRECISION / nullif(count(DISTINCT account_id), 0)
           AS "customers.repurchase_rate"
FROM (SELECT d.period, d.first, o.account_id, f.first_on, coalesce(o.rep_id, 'unassigned') AS rep,
             coalesce(o.team_id, r.team_id, 'unassigned') AS team,
             coalesce(o.region_id, a.region_id, r.region_id, 'unassigned') AS region
      FROM orders o JOIN days d ON d.day = o.ordered_on
      LEFT JOIN (SELECT account_id, min(ordered_on) AS first_on FROM orders
                 WHERE deleted_at IS NULL AND status <> 'cancelled' GROUP BY account_id) f ON f.account_id = o.account_id
      LEFT JOIN reps r ON r.id = o.rep_id LEFT JOIN accounts a ON a.id = o.account_id
      WHERE o.deleted_at IS NULL AND o.status <> 'cancelled' AND d.asked) orders
GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region))
