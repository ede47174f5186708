package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.jms.admin.RMQConnectionFactory;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Message;
import jakarta.jms.MessageConsumer;
import jakarta.jms.MessageProducer;
import jakarta.jms.Session;
import jakarta.jms.TextMessage;
import jakarta.jms.Topic;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** RabbitMQ's JMS client with its default settings. */
@Uses(ThirdParty.RABBITMQ_JAVA)
@Timeout(600)
class RabbitMqJmsClientIT {
  private static final long WAIT_MILLIS = 60_000;

  private Connection connection;
  private Session session;
  private Topic topic;
  private MessageProducer producer;

  @BeforeEach
  void connect() throws Exception {
    RMQConnectionFactory factory = new RMQConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(SharedNode.get().port("amqp"));
    connection = factory.createConnection("guest", "guest");
    session = connection.createSession(false, Session.AUTO_ACKNOWLEDGE);
    topic = session.createTopic("jms.paint");
    producer = session.createProducer(topic);
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  private void send(String text, String colour, int weight, int priority) throws JMSException {
    TextMessage message = session.createTextMessage(text);
    message.setStringProperty("colour", colour);
    message.setIntProperty("weight", weight);
    producer.setPriority(priority);
    producer.send(message);
  }

  private static List<String> texts(MessageConsumer consumer, String last) throws JMSException {
    List<String> texts = new ArrayList<>();
    while (texts.isEmpty() || !texts.getLast().equals(last)) {
      Message message = consumer.receive(WAIT_MILLIS);
      assertThat(message).as("after " + texts).isInstanceOf(TextMessage.class);
      texts.add(((TextMessage) message).getText());
    }
    return texts;
  }

  @Test
  void aSubscriberGetsWhatItsSelectorTakes() throws Exception {
    MessageConsumer red =
        session.createConsumer(
            topic, "colour = 'red' AND weight BETWEEN 10 AND 100 OR colour IN ('end')");
    MessageConsumer notRed =
        session.createConsumer(topic, "NOT (colour LIKE 'r_d') AND weight * 2 >= 20");
    MessageConsumer urgent =
        session.createConsumer(topic, "JMSPriority > 4 AND colour IS NOT NULL");
    MessageConsumer all = session.createConsumer(topic);
    connection.start();
    send("a", "red", 50, 4);
    send("b", "red", 5, 9);
    send("c", "blue", 10, 4);
    send("d", "blue", 9, 5);
    send("end", "end", 10, 5);
    assertThat(texts(red, "end")).containsExactly("a", "end");
    assertThat(texts(notRed, "end")).containsExactly("c", "end");
    assertThat(texts(urgent, "end")).containsExactly("b", "d", "end");
    assertThat(texts(all, "end")).containsExactly("a", "b", "c", "d", "end");
  }
}
