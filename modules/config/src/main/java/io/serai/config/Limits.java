package io.serai.config;

import java.time.Duration;

/**
 * Bounds of the whole node.
 *
 * @param maxConnections open connections over all listeners but those of HTTP
 * @param maxMessageSizeBytes largest body over all protocols
 * @param memoryWatermark share of the heap in use above which publishers wait, 0.1 to 0.95
 * @param busyShare how busy an event loop may be with clients that send much while others publish
 *     little, 0.1 to 1 for no limit
 * @param diskFreeBytes free space of the data folder's disk below which publishers wait
 * @param handshakeTimeout from accepting a connection to its login
 * @param drainTimeout how long a stop waits for clients to leave
 * @param maxConnectionsPerUser open connections of one user, 0 for no limit
 * @param maxConnectionsPerAddress open connections from one address, 0 for no limit
 */
public record Limits(
    int maxConnections,
    long maxMessageSizeBytes,
    double memoryWatermark,
    double busyShare,
    long diskFreeBytes,
    Duration handshakeTimeout,
    Duration drainTimeout,
    int maxConnectionsPerUser,
    int maxConnectionsPerAddress,
    FlappingConfig flapping) {}
