-- Stays in a stage by the day they ended.
SELECT period, rep, team,
       sum(stay)::DOUBLE PRECISION / nullif(count(*), 0) AS "conversion.stage_time",
       percentile_cont(0.5) WITHIN GROUP (ORDER BY stay) AS "conversion.stage_time/median",
       sum(reached) FILTER (WHERE reached >= 0)::DOUBLE PRECISION / nullif(count(*) FILTER (WHERE reached >= 0), 0)
           AS "conversion.stage_time/reached"
FROM (SELECT d.period, h.left_on - h.entered_on AS stay, h.entered_on - o.created_on AS reached,
             coalesce(o.rep_id, 'unassigned') AS rep, coalesce(o.team_id, r.team_id, 'unassigned') AS team
      FROM stage_history h JOIN days d ON d.day = h.left_on JOIN opportunities o ON o.id = h.opportunity_id
      LEFT JOIN reps r ON r.id = o.rep_id
      WHERE h.deleted_at IS NULL AND o.deleted_at IS NULL AND h.left_on >= h.entered_on AND d.asked) stays
GROUP BY GROUPING SETS ((period), (period, rep), (period, team))
