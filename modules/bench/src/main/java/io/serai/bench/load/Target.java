package io.serai.bench.load;

/**
 * A broker under load. Its process may be unknown: then there are no figures of CPU and memory.
 *
 * @param host address both protocols listen on
 * @param amqpPort TCP port of AMQP 0-9-1, 0 when it has none
 * @param mqttPort TCP port of MQTT 3.1.1, 0 when it has none
 * @param user name to log in with
 * @param password its password
 * @param pid process id of the broker, 0 when unknown
 */
public record Target(
    String host, int amqpPort, int mqttPort, String user, String password, long pid) {
  /** A broker on this machine with the usual first login. */
  public static Target local(int amqpPort, int mqttPort, long pid) {
    return new Target("127.0.0.1", amqpPort, mqttPort, "guest", "guest", pid);
  }

  int port(Protocol protocol) {
    int port =
        switch (protocol) {
          case AMQP -> amqpPort;
          case MQTT -> mqttPort;
        };
    if (port == 0) {
      throw new LoadFailure("this broker has no port for " + protocol + "; give one");
    }
    return port;
  }
}
