-- Survey answers by their day, on one scale.
SELECT period, rep, team, region, product_group,
       sum(ten)::DOUBLE PRECISION / nullif(count(ten), 0) AS "customers.satisfaction", count(ten) AS "customers.satisfaction/answers",
       count(*) FILTER (WHERE ten >= 9)::DOUBLE PRECISION / nullif(count(ten), 0) AS "customers.satisfaction/high",
       count(*) FILTER (WHERE ten >= 7 AND ten < 9)::DOUBLE PRECISION / nullif(count(ten), 0) AS "customers.satisfaction/middling",
       count(*) FILTER (WHERE ten < 7)::DOUBLE PRECISION / nullif(count(ten), 0) AS "customers.satisfaction/low",
       100.0 * (count(*) FILTER (WHERE eleven >= 9) - count(*) FILTER (WHERE eleven < 7))::DOUBLE PRECISION / nullif(count(eleven), 0)
           AS "customers.net_promoter_score",
       count(eleven) AS "customers.net_promoter_score/answers"
FROM (SELECT d.period, CASE WHEN x.kind = 'csat' THEN round(1 + (x.score - x.scale_min) * 9 / (x.scale_max - x.scale_min), 6) END AS ten,
             CASE WHEN x.kind = 'nps' THEN round((x.score - x.scale_min) * 10 / (x.scale_max - x.scale_min), 6) END AS eleven,
             coalesce(x.rep_id, 'unassigned') AS rep, coalesce(r.team_id, 'unassigned') AS team,
             coalesce(a.region_id, r.region_id, 'unassigned') AS region, coalesce(x.product_group, 'unassigned') AS product_group
      FROM surveys x JOIN days d ON d.day = x.answered_on LEFT JOIN reps r ON r.id = x.rep_id LEFT JOIN accounts a ON a.id = x.account_id
      WHERE x.deleted_at IS NULL AND d.asked) answers
GROUP BY GROUPING SETS ((period), (period, rep), (period, team), (period, region), (period, product_group))
