package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MQTT to AMQP and back through one node; the steps are in src/test/python/bridge.py. */
@Uses({ThirdParty.PAHO, ThirdParty.PIKA})
class BridgeIT {
  @TempDir Path folder;

  @Test
  @Uses({ThirdParty.MOSQUITTO, ThirdParty.PIKA})
  void mosquittoPubReachesPikaThroughAnHoconRule() throws Exception {
    Path routing = folder.resolve("routing.conf");
    Files.writeString(
        routing,
        """
        vhosts."/" {
          exchanges.readings { type = topic }
          queues.temperatures {}
          bindings = [ { source = readings, destination = temperatures, key = "temp.*" } ]
          rules = [
            { name = plant-temperatures, from { protocol = mqtt, topic = "plant/{line}/temp" },
              to { exchange = readings, key = "temp.{line}" } }
          ]
        }
        """);
    Path server = folder.resolve("serai.conf");
    Files.writeString(server, "include required(file(\"" + routing + "\"))\n");
    try (SeraiProcess node = SeraiProcess.start("--conf", server.toString())) {
      String seen = Scripts.python(node, "bridge", "mosquitto_pub_reaches_pika", "temperatures");
      assertThat(seen.trim()).isEqualTo("readings temp.1");
    }
  }

  @Test
  void mqtt5PropertiesArriveInAmqp() throws Exception {
    run("mqtt5_properties_arrive_in_amqp");
  }

  @Test
  void amqpPropertiesArriveInMqtt5() throws Exception {
    run("amqp_properties_arrive_in_mqtt5");
  }

  @Test
  @Uses(ThirdParty.MOSQUITTO)
  void retainedValuesComeIntoAnAmqpQueue() throws Exception {
    run("retained_values_come_into_an_amqp_queue");
  }

  @Test
  void queuesThatAreBoundMeanwhileMissAndRepeatNothing() throws Exception {
    run("queues_that_are_bound_meanwhile_miss_and_repeat_nothing");
  }

  @Test
  void oddTopicsReturnByteForByte() throws Exception {
    run("odd_topics_return_byte_for_byte");
  }

  @Test
  void hundredThousandMessagesArriveExactlyAndInOrder() throws Exception {
    run("hundred_thousand_exactly_in_order");
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "bridge", function);
  }
}
