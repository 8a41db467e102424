-- Accounts by the day of their first sale, with the rep, region and source of that sale.
SELECT period, rep, region, source, count(*) AS "customers.new_customers"
FROM (SELECT d.period, coalesce(f.rep_id, 'unassigned') AS rep, coalesce(f.region_id, a.region_id, r.region_id, 'unassigned') AS region,
             coalesce(f.source, 'unassigned') AS source
      FROM (SELECT *, row_number() OVER (PARTITION BY account_id ORDER BY day, place, id) AS n
            FROM (SELECT account_id, id, closed_on AS day, 0 AS place, rep_id, region_id, source
                  FROM opportunities WHERE deleted_at IS NULL AND status = 'won'
                  UNION ALL
                  SELECT account_id, id, ordered_on, 1, rep_id, region_id, source
                  FROM orders WHERE deleted_at IS NULL AND status <> 'cancelled') sales) f
      JOIN days d ON d.day = f.day LEFT JOIN reps r ON r.id = f.rep_id LEFT JOIN accounts a ON a.id = f.account_id
      WHERE f.n = 1 AND d.asked) firsts
GROUP BY GROUPING SETS ((period), (period, rep), (period, region), (period, source))
