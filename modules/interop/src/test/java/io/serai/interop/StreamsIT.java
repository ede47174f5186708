package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Date;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams with pika, whose steps are in src/test/python/streams.py, and others' clients. */
class StreamsIT {
  @Test
  @Uses(ThirdParty.PIKA)
  void manyReadersEachAtItsOwnPlace() throws Exception {
    run("many_readers_each_at_its_own_place");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void readersBeginAtATime() throws Exception {
    run("readers_begin_at_a_time");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void acknowledgementsGiveCreditAndRemoveNothing() throws Exception {
    run("acknowledgements_give_credit_and_remove_nothing");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void filtersChooseByValue() throws Exception {
    run("filters_choose_by_value");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void aSelectorChoosesByCondition() throws Exception {
    run("a_selector_chooses_by_condition");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void whatStreamsRefuseIsSaidInRabbitMqsWords() throws Exception {
    run("what_streams_refuse_is_said_in_rabbitmqs_words");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void aDeletedStreamCancelsItsReaders() throws Exception {
    run("a_deleted_stream_cancels_its_readers");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void aStreamAndTheNamesOfItsReadersOutliveACrash(@TempDir Path data) throws Exception {
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Scripts.python(node, "streams", "before_a_crash", "it.stream.crash");
      node.kill();
    }
    try (SeraiProcess node = SeraiProcess.start(data)) {
      Scripts.python(node, "streams", "after_the_crash", "it.stream.crash");
    }
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void membersOfAGroupShareASuperStream() throws Exception {
    run("members_of_a_group_share_a_super_stream");
  }

  @Test
  @Uses(ThirdParty.PIKA)
  void theReadersOfAStreamAreShownAndForgottenOverHttp() throws Exception {
    run("the_readers_of_a_stream_are_shown_and_forgotten_over_http");
  }

  @Test
  @Uses(ThirdParty.AMQPLIB)
  void amqplibReplaysAStream() throws Exception {
    Scripts.node(SharedNode.get(), "amqp.js", "replayOfAStream");
  }

  @Test
  @Uses(ThirdParty.RABBITMQ_JAVA)
  void theJavaClientReplaysAStreamWhileItIsWritten() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(SharedNode.get().port("amqp"));
    int count = 20_000;
    try (Connection connection = factory.newConnection("streams")) {
      Channel channel = connection.createChannel();
      String stream = "it.stream.java";
      channel.queueDeclare(stream, true, false, false, Map.of("x-queue-type", "stream"));
      channel.confirmSelect();
      BlockingQueue<String> received = new LinkedBlockingQueue<>();
      for (int i = 0; i < count; i++) {
        channel.basicPublish(
            "", stream, null, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        if (i == count / 2) {
          channel.waitForConfirmsOrDie(60_000);
          replay(connection, stream, new Date(0), received);
        }
      }
      channel.waitForConfirmsOrDie(60_000);
      for (int i = 0; i < count; i++) {
        assertThat(received.poll(60, TimeUnit.SECONDS)).isEqualTo(i + ":" + i);
      }
      channel.queueDelete(stream);
    }
  }

  private static void replay(
      Connection connection, String stream, Date from, BlockingQueue<String> received)
      throws Exception {
    Channel channel = connection.createChannel();
    channel.basicQos(100);
    channel.basicConsume(
        stream,
        false,
        Map.of("x-stream-offset", from),
        (_, delivery) -> {
          received.add(
              delivery.getProperties().getHeaders().get("x-stream-offset")
                  + ":"
                  + new String(delivery.getBody(), StandardCharsets.UTF_8));
          channel.basicAck(delivery.getEnvelope().getDeliveryTag(), false);
        },
        _ -> {});
  }

  private static void run(String function) throws Exception {
    Scripts.python(SharedNode.get(), "streams", function);
  }
}
