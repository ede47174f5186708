package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The RabbitMQ Java client while the node runs low of memory. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class RabbitMqJavaFlowIT {
  private static final int BODY_BYTES = 1 << 20;

  private static final String HEAP = "-Xmx512m";

  /** Much more than a tenth of the heap. */
  private static final int MOST_MESSAGES = 400;

  @TempDir Path data;
  private SeraiProcess node;

  @BeforeEach
  void start() throws IOException {
    node = SeraiProcess.startWith(HEAP, data, "--set", "limits.memory-watermark=0.1");
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void aBlockedListenerHearsOfLowMemoryAndOfItsEnd() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(node.port("amqp"));
    try (Connection publishing = factory.newConnection();
        Connection purging = factory.newConnection()) {
      BlockingQueue<String> heard = new LinkedBlockingQueue<>();
      publishing.addBlockedListener(
          reason -> heard.add("blocked " + reason), () -> heard.add("unblocked"));
      Channel channel = publishing.createChannel();
      Channel other = purging.createChannel();
      // Exclusive: what waits in any other queue goes to disk before memory is low.
      other.queueDeclare("java.flow", false, true, false, null);
      byte[] body = new byte[BODY_BYTES];
      int sent = 0;
      while (heard.isEmpty() && sent < MOST_MESSAGES) {
        channel.basicPublish("", "java.flow", null, body);
        sent++;
        TimeUnit.MILLISECONDS.sleep(1);
      }
      assertThat(heard.poll(60, TimeUnit.SECONDS)).startsWith("blocked ");

      while (heard.isEmpty()) { // what was under way arrives after the first purge
        other.queuePurge("java.flow");
        TimeUnit.MILLISECONDS.sleep(20);
      }
      assertThat(heard.poll()).isEqualTo("unblocked");
      channel.basicPublish("", "java.flow", null, new byte[1]);
      while (other.queueDeclarePassive("java.flow").getMessageCount() == 0) {
        TimeUnit.MILLISECONDS.sleep(20);
      }
    }
  }
}
