package io.serai.interop;

import org.junit.jupiter.api.Test;

/** STOMP, AMQP 0-9-1 and MQTT clients that talk to each other. */
class StompCrossingIT {
  @Test
  @Uses({ThirdParty.STOMP_PY, ThirdParty.PIKA, ThirdParty.PAHO})
  void everyPairOfProtocolsKeepsProperties() throws Exception {
    run("every_pair_with_properties");
  }

  @Test
  @Uses({ThirdParty.STOMP_PY, ThirdParty.PIKA})
  void aStompClientCallsAnAmqpWorker() throws Exception {
    run("a_stomp_client_calls_an_amqp_worker");
  }

  @Test
  @Uses({ThirdParty.STOMP_PY, ThirdParty.PAHO})
  void anMqttClientCallsAStompWorker() throws Exception {
    run("an_mqtt_client_calls_a_stomp_worker");
  }

  @Test
  @Uses({ThirdParty.STOMP_PY, ThirdParty.PIKA})
  void typedAmqpHeadersBecomeText() throws Exception {
    run("typed_amqp_headers_become_text");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "stomp_crossing", function);
  }
}
