package io.serai.interop;

import org.junit.jupiter.api.Test;

/** AMQP 0-9-1 with py-amqp; the steps are in src/test/python/py_amqp_basics.py. */
@Uses(ThirdParty.PY_AMQP)
class PyAmqpIT {
  @Test
  void messagesAndTheirProperties() throws Exception {
    run("messages_and_their_properties");
  }

  @Test
  void consumingAndSettling() throws Exception {
    run("consuming_and_settling");
  }

  @Test
  void exchangesConfirmsAndTransactions() throws Exception {
    run("exchanges_confirms_and_transactions");
  }

  @Test
  void errorsBecomeExceptions() throws Exception {
    run("errors_become_exceptions");
  }

  @Test
  void loggingIn() throws Exception {
    run("logging_in");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "py_amqp_basics", function);
  }
}
