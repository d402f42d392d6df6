"""Lets programs that know no port but AMQP's find a broker elsewhere: put this folder on their PYTHONPATH.

So the tutorial's scripts can be started as they are.
"""

import os

import pika.connection

pika.connection.Parameters.DEFAULT_PORT = int(os.environ["AMQP_PORT"])
