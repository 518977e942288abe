// What the authorities of a cluster are called, in the control side's store and in their certificates. etcd's is named by its role.

/** Of the cluster: by its certificates every component and user is known. */
export const clusterAuthority = 'kubernetes'

/** Of the aggregator: whoever it signs may speak for any user, so it signs nobody else. */
export const frontProxyAuthority = 'front-proxy-ca'
