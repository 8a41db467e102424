"""The engine on Spark: the same plan over the same Parquet files, where a tenant outgrows one machine.

Needs the extra `spark`; nothing here imports PySpark before something is computed with it.
"""

from tallymark.engine.spark.answers import Answer, Answers
from tallymark.engine.spark.dialect import SPARK
from tallymark.engine.spark.run import run
from tallymark.engine.spark.session import stop
from tallymark.engine.spark.settings import SparkSettings, missing

__all__ = ["SPARK", "Answer", "Answers", "SparkSettings", "missing", "run", "stop"]
