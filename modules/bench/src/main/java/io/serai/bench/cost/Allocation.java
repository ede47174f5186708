package io.serai.bench.cost;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * Heap bytes the threads of another JVM have allocated, asked over JMX: the attach interface starts
 * that JVM's own management agent on loopback, so the broker needs no option. Needs JDK 21 there
 * and the same user.
 */
public final class Allocation implements AutoCloseable {
  private static final String ATTRIBUTE = "TotalThreadAllocatedBytes";

  private final JMXConnector connector;
  private final MBeanServerConnection server;
  private final ObjectName threading;

  private Allocation(JMXConnector connector, ObjectName threading) throws IOException {
    this.connector = connector;
    this.server = connector.getMBeanServerConnection();
    this.threading = threading;
  }

  /**
   * Attaches to a JVM.
   *
   * @throws IOException when the process is no JVM or belongs to somebody else
   */
  @SuppressWarnings("BanJNDI") // the address is the local agent's own, told by the attach interface
  public static Allocation of(long pid) throws IOException {
    try {
      VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
      String address;
      try {
        address = machine.startLocalManagementAgent();
      } finally {
        machine.detach();
      }
      JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(address));
      Allocation allocation = new Allocation(connector, new ObjectName("java.lang:type=Threading"));
      return allocation.checked();
    } catch (AttachNotSupportedException | JMException | IllegalStateException e) {
      throw new IOException("cannot ask process " + pid + " for its allocation", e);
    }
  }

  /** A JVM without the attribute fails here, not in the middle of a run. */
  private Allocation checked() throws IOException {
    try {
      bytes();
      return this;
    } catch (IllegalStateException e) {
      close();
      throw e;
    }
  }

  /** The sum over all threads, ended ones too. */
  double bytes() {
    try {
      return (Long) server.getAttribute(threading, ATTRIBUTE);
    } catch (JMException | IOException e) {
      throw new IllegalStateException("no " + ATTRIBUTE + " from the broker's JVM", e);
    }
  }

  @Override
  public void close() throws IOException {
    connector.close();
  }
}
