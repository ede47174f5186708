package io.serai.interop;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** CoAP's resources with libcoap's client, and other protocols' clients behind them. */
class CoapResourcesIT {
  @Test
  @Uses(ThirdParty.LIBCOAP)
  void aTopicKeepsItsLastValue() throws Exception {
    run("a_topic_keeps_its_last_value");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PAHO})
  void mqttAndCoapShareLastValues() throws Exception {
    run("mqtt_and_coap_share_last_values");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA, ThirdParty.STOMP_PY})
  void anObserverHearsOfEveryProtocolAndOfTheEnd() throws Exception {
    run("an_observer_hears_of_every_protocol_and_of_the_end");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void allBringsEveryMessage() throws Exception {
    run("all_brings_every_message");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void aQueueIsReadAndAcknowledged() throws Exception {
    run("a_queue_is_read_and_acknowledged");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void anExchangeIsPublishedTo() throws Exception {
    run("an_exchange_is_published_to");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void anAmqpWorkerIsCalled() throws Exception {
    run("an_amqp_worker_is_called");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.STOMP_PY})
  void aStompWorkerIsCalled() throws Exception {
    run("a_stomp_worker_is_called");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void aCallWithoutAnswerOrProcedureFails() throws Exception {
    run("a_call_without_answer_or_procedure_fails");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP)
  void theCollectionConfiguresTopics() throws Exception {
    run("the_collection_configures_topics");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PAHO})
  void emqxConnectionMode() throws Exception {
    run("emqx_connection_mode");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP)
  void resourcesAreDiscovered() throws Exception {
    run("resources_are_discovered");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PAHO})
  void aSenmlPackBecomesAMessageForEachName() throws Exception {
    run("a_senml_pack_becomes_a_message_for_each_name");
  }

  @Test
  @Uses({ThirdParty.LIBCOAP, ThirdParty.PIKA})
  void valuesAndObserversOverTcp() throws Exception {
    run("values_and_observers_over_tcp");
  }

  @Test
  @Uses(ThirdParty.LIBCOAP)
  void aLastValueOutlivesTheNode(@TempDir Path data) throws Exception {
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Scripts.python(node, "coap_resources", "keeps_a_value", "lasting");
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Scripts.python(node, "coap_resources", "still_has_the_value", "lasting");
    }
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "coap_resources", function);
  }
}
